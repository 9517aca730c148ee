import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("The leading part of a matrix")
struct LeadingPartTests {
  /// Float64 sums of a few hundred products, and a decomposition.
  static let tolerance = 1e-12

  /// A matrix with one number in each row or column of the shorter side, so that these are its singular values.
  private func scattered(rows: Int, columns: Int, _ values: [Float]) -> [Float] {
    var matrix = Array<Float>(repeating: 0, count: rows * columns)
    for (index, value) in values.enumerated() {
      let (row, column) = rows >= columns ? (index * 5 % rows, index) : (index, index * 5 % columns)
      matrix[row * columns + column] = value
    }
    return matrix
  }

  private func block(
    _ workshop: Workshop, rows: Int, columns: Int, _ values: [Float], isTransposed: Bool = false
  ) throws -> StoredBlock {
    let path = try workshop.writeAdapter([("w", [rows, columns], values)])
    let tensor = try #require(try Checkpoint.open(path)["w"])
    return StoredBlock(
      tensor: tensor, elementOffset: 0, rows: isTransposed ? columns : rows,
      columns: isTransposed ? rows : columns, isTransposed: isTransposed)
  }

  /// The values of a formula, read in tiles that do not divide it.
  private func read(_ formula: any MatrixFormula, isReference: Bool) throws -> [Double] {
    let workspace = Workspace(kernels: .best, isReference: isReference)
    let matrix = try formula.prepare(workspace)
    var result = Array(repeating: 0.0, count: formula.rows * formula.columns)
    for row in stride(from: 0, to: formula.rows, by: 7) {
      for column in stride(from: 0, to: formula.columns, by: 11) {
        let tile = Tile(
          rows: row..<min(row + 7, formula.rows),
          columns: column..<min(column + 11, formula.columns))
        let buffer = ByteBuffer(byteCount: tile.elementCount * 8)
        try matrix.read(tile, into: buffer.all, workspace)
        for (index, value) in buffer.all.doubles.enumerated() {
          let width = tile.columns.count
          result[(row + index / width) * formula.columns + column + index % width] = value
        }
      }
    }
    return result
  }

  @Test(
    "keeps the greatest singular values, whatever the matrix' form and the values' signs",
    arguments: [(97, 24), (24, 97), (33, 33)], [1, 5, 23, 24, 40])
  func greatest(shape: (rows: Int, columns: Int), rank: Int) throws {
    let workshop = try Workshop()
    let side = min(shape.rows, shape.columns)
    // Between 1 and 3, none equal to another, in no order.
    let values = (0..<side).map {
      Float(($0 * 7 % side + side) * ($0 % 2 == 0 ? 1 : -1)) / Float(side)
    }
    let limit = values.map(abs).sorted(by: >).prefix(rank).last ?? 0
    let kept = values.map { abs($0) >= limit ? $0 : 0 }
    let whole = scattered(rows: shape.rows, columns: shape.columns, values)
    let wanted = scattered(rows: shape.rows, columns: shape.columns, kept).map(Double.init)
    let part = LeadingPart(
      block: try block(workshop, rows: shape.rows, columns: shape.columns, whole), rank: rank)
    for isReference in [false, true] {
      let found = try read(part, isReference: isReference)
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= Self.tolerance })
    }
    let turned = LeadingPart(
      block: try block(
        workshop, rows: shape.rows, columns: shape.columns, whole, isTransposed: true), rank: rank)
    let found = try read(turned, isReference: false)
    #expect(
      found.indices.allSatisfy { index in
        let (row, column) = (index / shape.rows, index % shape.rows)
        return abs(found[index] - wanted[column * shape.columns + row]) <= Self.tolerance
      })
  }

  @Test("of a matrix of zeros is zero")
  func zeros() throws {
    let workshop = try Workshop()
    let block = try block(workshop, rows: 8, columns: 6, Array(repeating: 0, count: 48))
    #expect(
      try read(LeadingPart(block: block, rank: 2), isReference: false).allSatisfy { $0 == 0 })
  }

  @Test("is refused of values that are not finite", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    let workshop = try Workshop()
    var values = Workshop.values(48, seed: 1)
    values[17] = value
    let block = try block(workshop, rows: 8, columns: 6, values)
    #expect(throws: NonFiniteValues.self) {
      try LeadingPart(block: block, rank: 2).prepare(
        Workspace(kernels: .best, allowsNonFinite: true))
    }
  }
}
