import Testing
import WeftKernels
import WeftTensors

@Suite("Products and simple arithmetic of float64 matrices")
struct ProductTests {
  /// Shapes with rests in every direction.
  static let shapes = [
    (1, 1, 1), (2, 3, 8), (6, 5, 16), (7, 9, 17), (13, 40, 31), (3, 0, 4), (0, 2, 2),
  ]

  private static func matrix(_ count: Int, seed: UInt64) -> ByteSlice {
    var generator = Generator(state: seed)
    return slice((0..<count).map { _ in generator.normal(1) })
  }

  @Test("scalar and best agree bit for bit", arguments: shapes)
  func agreement(rows: Int, inner: Int, columns: Int) {
    let (a, b) = (Self.matrix(rows * inner, seed: 1), Self.matrix(inner * columns, seed: 2))
    let (one, two) = (room(rows * columns, .f64), room(rows * columns, .f64))
    Kernels.scalar.product(a, b, into: one, rows: rows, inner: inner, columns: columns)
    Kernels.best.product(a, b, into: two, rows: rows, inner: inner, columns: columns)
    #expect(one.array == two.array)
  }

  @Test("each element is the sum over the inner dimension, in order", arguments: shapes)
  func definition(rows: Int, inner: Int, columns: Int) {
    let (a, b) = (Self.matrix(rows * inner, seed: 3), Self.matrix(inner * columns, seed: 4))
    let target = room(rows * columns, .f64)
    Kernels.best.product(a, b, into: target, rows: rows, inner: inner, columns: columns)
    let (x, y) = (a.doubles, b.doubles)
    let expected = (0..<rows * columns).map { index in
      (0..<inner).reduce(0.0) { sum, k in
        sum.addingProduct(x[index / columns * inner + k], y[k * columns + index % columns])
      }
    }
    #expect(target.doubles == expected)
  }

  @Test("the second way gives nearly the same", arguments: shapes)
  func reference(rows: Int, inner: Int, columns: Int) throws {
    let (a, b) = (Self.matrix(rows * inner, seed: 5), Self.matrix(inner * columns, seed: 6))
    let (one, two) = (room(rows * columns, .f64), room(rows * columns, .f64))
    Kernels.best.product(a, b, into: one, rows: rows, inner: inner, columns: columns)
    try ReferenceProduct.product(a, b, into: two, rows: rows, inner: inner, columns: columns)
    // Sums of at most 40 terms of about 1 in another order.
    let tolerance = 1e-13
    #expect(zip(one.doubles, two.doubles).allSatisfy { abs($0 - $1) <= tolerance })
  }

  @Test("rows and columns are scaled by their factors, taps of a channel together")
  func scaling() {
    let values = slice((1...12).map(Double.init))  // [2, 6], columns 3 ..< 9 of a wider matrix
    Elementwise.scaleRows(values, by: slice([1.0, 10]))
    #expect(values.doubles == [1, 2, 3, 4, 5, 6, 70, 80, 90, 100, 110, 120])
    Elementwise.scaleColumns(values, rows: 2, columns: 3..<9, group: 3, by: slice([9.0, 2, 0.5]))
    #expect(values.doubles == [2, 4, 6, 2, 2.5, 3, 140, 160, 180, 50, 55, 60])
  }

  @Test("squares of rows and columns are added to what was there")
  func squares() {
    let values = slice([1.0, 2, 3, 4, 5, 6])
    let (rows, columns) = (slice([100.0, 0]), slice([0.0, 7]))
    Elementwise.addRowSquares(of: values, to: rows)
    Elementwise.addColumnSquares(of: values, rows: 2, columns: 1..<4, group: 2, to: columns)
    #expect(rows.doubles == [114, 77])
    // Column 1 is of the first group, columns 2 and 3 of the second.
    #expect(columns.doubles == [1 + 16, 7 + 4 + 9 + 25 + 36])
  }

  @Test("two matrices are multiplied element by element, in place, too")
  func hadamard() {
    let (a, b) = (slice([1.0, -2, 3]), slice([4.0, 5, 0.5]))
    Elementwise.multiply(a, b, scale: 2, into: a)
    #expect(a.doubles == [8, -20, 3])
    a.setZero()
    #expect(a.doubles == [0, 0, 0])
  }

  @Test("a rectangle of a low-rank update is that part of the whole", arguments: floatTypes)
  func rectangles(to: DType) {
    let whole = FuseCase(rows: 14, columns: 45, rank: 7, .f16, seed: 9)
    let all = room(14 * 45, to)
    var tally = Tally()
    Kernels.best.fuseLowRank(
      base: whole.base, .f16, operand: whole.operand, rows: 0..<14, columns: 0..<45, into: all, to,
      tally: &tally)
    let (rows, columns, width) = (3..<12, 10..<37, to.byteWidth ?? 0)
    func cut(_ values: ByteSlice, _ width: Int) -> [UInt8] {
      rows.flatMap { row -> [UInt8] in
        let start = (row * 45 + columns.lowerBound) * width
        return values[start..<start + columns.count * width].array
      }
    }
    let part = room(rows.count * columns.count, to)
    Kernels.best.fuseLowRank(
      base: slice(cut(whole.base, 2)), .f16, operand: whole.operand, rows: rows, columns: columns,
      into: part,
      to, tally: &tally)
    #expect(part.array == cut(all, width))
  }
}
