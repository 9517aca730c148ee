import Testing
import WeftKernels
import WeftTensors

@Suite("Decompositions of OpenBLAS, as matrices of rows")
struct LinearAlgebraTests {
  /// Householder reflections of float64 and float32 with up to 50 terms.
  static let tolerances: [DType: Double] = [.f64: 1e-12, .f32: 1e-5]

  static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = Generator(state: seed)
    let matrix = Matrix(rows: rows, columns: columns, .f64)
    for row in 0..<rows {
      for column in 0..<columns { matrix[row, column] = generator.normal(1) }
    }
    return matrix
  }

  private func expectEqual(
    _ one: Matrix, _ other: Matrix, within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (a, b) = (one.converted(to: .f64), other.converted(to: .f64))
    #expect(a.rows == b.rows && a.columns == b.columns, sourceLocation: sourceLocation)
    var worst = 0.0
    for row in 0..<a.rows {
      for column in 0..<a.columns { worst = max(worst, abs(a[row, column] - b[row, column])) }
    }
    #expect(worst <= tolerance, sourceLocation: sourceLocation)
  }

  private func identity(_ size: Int) -> Matrix {
    let matrix = Matrix(rows: size, columns: size, .f64)
    for index in 0..<size { matrix[index, index] = 1 }
    return matrix
  }

  @Test("rows become orthonormal and give back what they were", arguments: [DType.f64, .f32])
  func orthonormal(dtype: DType) throws {
    let tolerance = try #require(Self.tolerances[dtype])
    for (rows, columns) in [(1, 1), (3, 3), (7, 50), (16, 16)] {
      let original = Self.random(rows, columns, seed: 1).converted(to: dtype)
      let rowsNow = original.prefix(rows)
      let triangle = try rowsNow.orthonormalizeRows()
      let inner = try Matrix.product(rowsNow.view, rowsNow.view.transposed)
      expectEqual(inner, identity(rows), within: tolerance)
      expectEqual(try Matrix.product(triangle.view, rowsNow.view), original, within: 10 * tolerance)
    }
  }

  @Test("rows that depend on each other still become orthonormal")
  func dependentRows() throws {
    let matrix = Matrix(rows: 3, columns: 5, .f64)
    for column in 0..<5 {
      matrix[0, column] = 1
      matrix[1, column] = 2
    }
    try matrix.orthonormalizeRows()
    let inner = try Matrix.product(matrix.view, matrix.view.transposed)
    expectEqual(inner, identity(3), within: 1e-12)
  }

  @Test("eigenvectors are rows, the greatest eigenvalue first")
  func eigen() throws {
    let size = 12
    let factor = Self.random(size, 20, seed: 2)
    let gram = Matrix(rows: size, columns: size, .f64)
    try gram.addGram(of: factor.values, rows: size, columns: 20, ofColumns: false)
    let whole = try Matrix.product(factor.view, factor.view.transposed)
    let eigen = try SymmetricEigen(overwriting: gram)
    #expect(eigen.values == eigen.values.sorted(by: >))
    let scaled = eigen.vectors.prefix(size)
    scaled.scaleRows(by: eigen.values)
    expectEqual(
      try Matrix.product(eigen.vectors.view.transposed, scaled.view), whole, within: 1e-11)
  }

  @Test("the Gram matrix of columns adds up over blocks of rows")
  func gramOfBlocks() throws {
    let (rows, columns) = (9, 4)
    let matrix = Self.random(rows, columns, seed: 3)
    let gram = Matrix(rows: columns, columns: columns, .f64)
    for block in [0..<5, 5..<9] {
      try gram.addGram(
        of: matrix.values(rows: block), rows: block.count, columns: columns, ofColumns: true)
    }
    let whole = try Matrix.product(matrix.view.transposed, matrix.view)
    for row in 0..<columns {
      for column in row..<columns {
        #expect(abs(gram[row, column] - whole[row, column]) < 1e-13)
      }
    }
  }

  @Test("singular values and vectors give back the matrix", arguments: [1, 2, 17])
  func singularValues(size: Int) throws {
    let matrix = Self.random(size, size, seed: 4)
    let parts = try SingularValues(overwriting: matrix.prefix(size))
    #expect(parts.values == parts.values.sorted(by: >))
    let left = parts.left.prefix(size)
    left.scaleColumns(by: parts.values)
    expectEqual(try Matrix.product(left.view, parts.right.view), matrix, within: 1e-12)
  }

  @Test("products write into columns of a larger matrix and leave the others alone")
  func partialProduct() throws {
    let target = Matrix(rows: 2, columns: 5, .f64)
    for column in 0..<5 { target[0, column] = 9 }
    let (left, right) = (Self.random(2, 3, seed: 5), Self.random(3, 2, seed: 6))
    try target.view(columns: 1..<3).set(left.view, times: right.view)
    let product = try Matrix.product(left.view, right.view)
    for row in 0..<2 {
      for column in 0..<2 { #expect(target[row, column + 1] == product[row, column]) }
    }
    #expect(target[0, 0] == 9 && target[0, 3] == 9 && target[1, 4] == 0)
  }

  @Test("values that are not finite have no decomposition, and that is an error or not finite")
  func notFinite() throws {
    let matrix = identity(4)
    matrix[1, 1] = .nan
    let values = (try? SingularValues(overwriting: matrix))?.values ?? [.nan]
    #expect(values.contains { !$0.isFinite })
  }

  @Test("random signs follow from the name and the place alone")
  func signs() {
    let one = SignSketch.matrix(rows: 8, columns: 100, name: "unet/a.weight")
    let same = SignSketch.matrix(rows: 8, columns: 100, name: "unet/a.weight")
    let other = SignSketch.matrix(rows: 8, columns: 100, name: "unet/b.weight")
    #expect(one.values.hasSameBytes(as: same.values))
    #expect(!one.values.hasSameBytes(as: other.values))
    let numbers = values(one.values, as: Float.self)
    #expect(numbers.allSatisfy { abs($0) == 1 })
    // Four deviations of the sum of 800 signs.
    #expect(abs(numbers.reduce(0, +)) < 4 * Float(800).squareRoot())
  }

  @Test("sums of squares do not depend on how a slice ends", arguments: [0, 1, 3, 4, 7, 1001])
  func squares(count: Int) {
    var generator = Generator(state: 7)
    let numbers = (0..<count).map { _ in generator.normal(2) }
    var sum = SumOfSquares()
    sum.add(slice(numbers))
    let expected = numbers.reduce(0) { $0 + $1 * $1 }
    #expect(abs(sum.value - expected) <= 1e-13 * expected)
  }

  @Test("a memory budget lets all pass, whatever they take", arguments: [1, 3])
  func memoryGate(threads: Int) throws {
    let gate = MemoryGate(byteCount: 10 << 20)
    try Parallel.run(threads: threads, count: 50) { _, item in
      gate.withMemory(byteCount: item << 20) {}
    }
  }
}
