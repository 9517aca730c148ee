import Testing
import WeftKernels
import WeftTensors

@Suite("A grid of errors")
struct ErrorGridTests {
  /// Sums in float64 differ by their order alone.
  static let tolerance = 1e-6

  @Test(
    "has at most 64 by 64 cells of whole blocks",
    arguments: [
      ([320, 768], 32, [5, 32], [64, 24]), ([1280, 5120], 32, [20, 96], [64, 54]),
      ([1280, 1280], 256, [20, 256], [64, 5]), ([10, 20], 1, [1, 1], [10, 20]),
      ([320, 4, 3, 3], 32, [5, 1], [64, 36]), ([1000], 1, [16, 1], [63, 1]),
      ([], 1, [1, 1], [1, 1]),
    ])
  func geometry(shape: [Int], block: Int, cell: [Int], cells: [Int]) throws {
    let grid = try #require(ErrorGrid(Shape(shape), blockElementCount: block))
    #expect([grid.cellRows, grid.cellColumns] == cell)
    #expect([grid.rowCount, grid.columnCount] == cells)
    var elementCount = 0
    for row in 0..<grid.rowCount {
      for column in 0..<grid.columnCount {
        elementCount += grid.elementCount(row: row, column: column)
      }
    }
    #expect(elementCount == shape.reduce(1, *))
  }

  @Test("has no cells for a tensor without elements")
  func empty() { #expect(ErrorGrid([0, 3], blockElementCount: 1) == nil) }

  @Test("holds the root of the mean squared error of every cell, whatever the parts")
  func sums() throws {
    let (rows, columns) = (150, 200)
    var generator = Generator(state: 5)
    let a = (0..<rows * columns).map { _ in Float(generator.normal(1)) }
    let b = a.map { $0 + Float(generator.normal(0.1)) }
    let grid = try #require(ErrorGrid([rows, columns], blockElementCount: 1))
    let expected = cells(a, b, grid)
    for cuts in [[0, 30_000], [0, 1, 777, 12_345, 30_000], [0, 600, 1200, 30_000]] {
      var whole = ErrorSums(grid)
      for (first, end) in zip(cuts, cuts.dropFirst()) {
        var part = ErrorSums(grid)
        let middle = (first + end) / 2
        for range in [first..<middle, middle..<end] where !range.isEmpty {
          part.add(slice(Array(a[range])), slice(Array(b[range])), first: range.lowerBound)
        }
        whole += part
      }
      let found = whole.rootMeanSquares
      #expect(found.count == grid.rowCount * grid.columnCount)
      #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < Self.tolerance })
    }
  }

  @Test("leaves out what is not finite, as comparisons do")
  func nonFinite() throws {
    let grid = try #require(ErrorGrid([1, 4], blockElementCount: 4))
    var sums = ErrorSums(grid)
    sums.add(
      slice([1, .nan, .infinity, 2] as [Float]), slice([4, 0, 0, 2] as [Float]), first: 0)
    #expect(sums.rootMeanSquares == [1.5])
  }

  /// The errors of the cells in float64.
  private func cells(_ a: [Float], _ b: [Float], _ grid: ErrorGrid) -> [Double] {
    var sums = [Double](repeating: 0, count: grid.rowCount * grid.columnCount)
    for index in a.indices {
      let (row, column) = (index / grid.columns, index % grid.columns)
      let difference = Double(a[index]) - Double(b[index])
      sums[row / grid.cellRows * grid.columnCount + column / grid.cellColumns] +=
        difference * difference
    }
    return sums.enumerated().map { cell, sum in
      let count = grid.elementCount(
        row: cell / grid.columnCount, column: cell % grid.columnCount)
      return (sum / Double(count)).squareRoot()
    }
  }
}
