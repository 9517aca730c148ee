import WeftFiles
import WeftKernels
import WeftTensors

/// A sum of matrices whose factors follow from the angles and distances between them.
struct GramCombination: MatrixFormula {
  /// The factors of the matrices; the products are of differences from `origin` where there is one.
  typealias Rule = @Sendable (GramMatrix) -> [Double]

  let operands: [any MatrixFormula]
  let origin: Int?
  let rule: Rule

  /// A sum of matrices of one shape; at least one.
  init(_ operands: [any MatrixFormula], origin: Int? = nil, rule: @escaping Rule) {
    precondition(!operands.isEmpty)
    self.operands = operands
    self.origin = origin
    self.rule = rule
  }

  var rows: Int { operands[0].rows }
  var columns: Int { operands[0].columns }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    GramCombination(operands.map { $0.reading(moved) }, origin: origin, rule: rule)
  }

  /// Reads all operands once for the products.
  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let matrices = try operands.map { try $0.prepare(workspace) }
    var gram = GramMatrix(count: matrices.count)
    for tile in tiles(grain: rowGrain) {
      try workspace.reading(tile, of: matrices) {
        gram.add($0, origin: origin, workspace)
      }
    }
    return PreparedCombination(matrices: matrices, factors: rule(gram))
  }
}

/// A sum of matrices with known factors.
struct PreparedCombination: PreparedMatrix {
  let matrices: [any PreparedMatrix]
  let factors: [Double]
  var rows: Int { matrices[0].rows }
  var columns: Int { matrices[0].columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    let used = zip(matrices, factors).filter { $1 != 0 }
    try workspace.reading(tile, of: used.map(\.0)) { slices in
      workspace.combine(Array(zip(slices, used.map(\.1))), into: target)
    }
  }
}

extension MatrixFormula {
  /// The rectangles in which a survey reads the whole matrix.
  func tiles(grain: Int) -> [Tile] {
    Tile.tiles(
      rows: 0..<rows, columns: columns, grain: grain,
      maximumElementCount: Workspace.tileElementCount)
  }
}
