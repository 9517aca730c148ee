import Testing
import WeftKernels
import WeftTensors

@Suite("Structured matrices")
struct StructuredTests {
  /// Inverses of I - Q are exact to a few roundings of sums over the size.
  static let tolerance = 1e-12

  private func slice(_ numbers: [Double]) -> ByteSlice {
    let buffer = ByteBuffer(byteCount: numbers.count * 8)
    buffer.all.set(numbers)
    return buffer.all
  }

  private func numbers(_ count: Int, seed: Int) -> [Double] {
    (0..<count).map { Double(($0 &* 7919 &+ seed &* 104_729) % 2003 - 1001) / 1001 }
  }

  @Test("a rectangle of a Kronecker product is left times right", arguments: [(0, 24), (5, 17)])
  func kronecker(first: Int, last: Int) {
    let (left, right) = (numbers(3 * 2, seed: 1), numbers(8 * 5, seed: 2))
    let columns = first == 0 ? 0..<10 : 3..<9
    let target = ByteBuffer(byteCount: (last - first) * columns.count * 8).all
    Structured.kronecker(
      slice(left), leftColumns: 2, slice(right), rightColumns: 5, rows: first..<last,
      columns: columns, into: target)
    let wanted = (first..<last).flatMap { row in
      columns.map { left[row / 8 * 2 + $0 / 5] * right[row % 8 * 5 + $0 % 5] }
    }
    #expect(target.doubles == wanted)
  }

  @Test(
    "the inverse of I - Q times I - Q is I", arguments: [1, 2, 7, 48, 49, 131],
    [Kernels.best, .scalar])
  func inverse(size: Int, kernels: Kernels) {
    let block = slice(numbers(size * size, seed: 3))
    let q = ByteBuffer(byteCount: size * size * 8).all
    Structured.skew(block, size: size, into: q)
    let complement = slice(q.doubles.map { -$0 })
    Structured.addDiagonal(1, to: complement, size: size)
    let inverse = ByteBuffer(byteCount: size * size * 8).all
    #expect(kernels.invert(slice(complement.doubles), size: size, into: inverse))
    let product = ByteBuffer(byteCount: size * size * 8).all
    kernels.product(
      inverse, complement, into: product, rows: size, inner: size, columns: size)
    let error = product.doubles.enumerated().map { index, value in
      abs(value - (index / size == index % size ? 1 : 0))
    }
    #expect((error.max() ?? 1) < Self.tolerance * Double(size))
  }

  @Test("a matrix without an inverse is told")
  func singular() {
    let inverse = ByteBuffer(byteCount: 32).all
    #expect(!Structured.invert(slice([1, 2, 2, 4]), size: 2, into: inverse))
  }

  @Test("a stage of a butterfly multiplies pairs of halves", arguments: [1, 2, 4])
  func butterfly(distance: Int) {
    let (rows, columns, size) = (8, 9, 2)
    let (values, blocks) = (numbers(rows * columns, seed: 4), numbers(4 * 4, seed: 5))
    let turned = slice(values)
    let scalar = slice(values)
    for (kernels, target) in [(Kernels.best, turned), (.scalar, scalar)] {
      kernels.butterfly(
        target, blocks: slice(blocks), size: size, distance: distance, columns: columns,
        scratch: ByteBuffer(byteCount: 4 * columns * 8).all)
    }
    #expect(turned.doubles == scalar.doubles)
    let pairs = (0..<rows).filter { $0 / distance % 2 == 0 }
    for (index, lower) in pairs.enumerated() {
      for column in 0..<columns {
        let x = values[lower * columns + column]
        let y = values[(lower + distance) * columns + column]
        let block = blocks[index * 4..<index * 4 + 4].map { $0 }
        let found = turned.doubles[lower * columns + column]
        #expect(abs(found - (block[0] * x + block[1] * y)) < 1e-15)
        let below = turned.doubles[(lower + distance) * columns + column]
        #expect(abs(below - (block[2] * x + block[3] * y)) < 1e-15)
      }
    }
  }

  @Test(
    "sums of squares and factors of columns count in groups, however a row is cut",
    arguments: [1, 3, 9])
  func groups(group: Int) {
    let (rows, columns) = (6, 9 * 41)
    let values = numbers(rows * columns, seed: 6)
    let factors = numbers(columns / group + 1, seed: 7)
    var wanted = Array(repeating: 0.0, count: columns / group)
    for row in 0..<rows {
      for column in 0..<columns {
        let value = values[row * columns + column]
        wanted[column / group] += value * value
      }
    }
    let sums = slice(wanted.map { _ in 0 })
    // Parts of all rows, one beside the other, each sum in the order of its rows and columns.
    for row in 0..<rows {
      for part in [0..<5, 5..<100, 100..<columns] {
        let piece = values[row * columns + part.lowerBound..<row * columns + part.upperBound]
        Elementwise.addColumnSquares(
          of: slice(Array(piece)), rows: 1, columns: part, group: group, to: sums)
      }
    }
    #expect(sums.doubles == wanted)
    let part = 4..<columns - 2
    let piece = (0..<rows).flatMap { row in part.map { values[row * columns + $0] } }
    let scaled = slice(piece)
    Elementwise.scaleColumns(
      scaled, rows: rows, columns: part, group: group, by: slice(factors))
    let products = (0..<rows).flatMap { row in
      part.map { values[row * columns + $0] * factors[$0 / group] }
    }
    #expect(scaled.doubles == products)
  }

  @Test("sums of squares of rows do not depend on how many are added at once")
  func rows() {
    let values = numbers(7 * 50, seed: 8)
    let together = slice(Array(repeating: 0.5, count: 7))
    Elementwise.addRowSquares(of: slice(values), to: together)
    let alone = (0..<7).map { row in
      values[row * 50..<(row + 1) * 50].reduce(0.5) { $0 + $1 * $1 }
    }
    #expect(together.doubles == alone)
  }
}
