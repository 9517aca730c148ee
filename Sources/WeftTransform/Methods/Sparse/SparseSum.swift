import WeftFiles
import WeftKernels
import WeftTensors

/// A base and the weighted sum of thinned differences from it.
struct SparseSum: MatrixFormula {
  /// How the differences that count are elected.
  struct Election: Sendable {
    /// Whether the sum is divided by the sum of the weights that took part.
    let divides: Bool
  }

  let base: any MatrixFormula
  let models: [any MatrixFormula]
  let weights: [Double]
  let sparsifiers: [any Sparsifier]
  /// Nil when all differences count.
  let election: Election?
  /// What the sum is multiplied by.
  let factor: Double

  var rows: Int { base.rows }
  var columns: Int { base.columns }
  var operands: [any MatrixFormula] { [base] + models }

  /// Surveys follow one another, so that only the largest counts.
  var byteCount: Int { sparsifiers.map { $0.surveyByteCount(base) }.max() ?? 0 }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    SparseSum(
      base: base.reading(moved), models: models.map { $0.reading(moved) }, weights: weights,
      sparsifiers: sparsifiers, election: election, factor: factor)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let base = try base.prepare(workspace)
    let models = try models.map { try $0.prepare(workspace) }
    let prepared = try zip(models, sparsifiers).map { model, sparsifier in
      try sparsifier.prepare(
        PreparedCombination(matrices: [model, base], factors: [1, -1]), grain: rowGrain,
        workspace)
    }
    return PreparedSparseSum(
      base: base, models: models, weights: weights, sparsifiers: prepared, election: election,
      factor: factor)
  }
}

/// A sum of thinned differences that can be read.
private struct PreparedSparseSum: PreparedMatrix {
  let base: any PreparedMatrix
  let models: [any PreparedMatrix]
  let weights: [Double]
  let sparsifiers: [any PreparedSparsifier]
  let election: SparseSum.Election?
  let factor: Double
  var rows: Int { base.rows }
  var columns: Int { base.columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    let isPart = tile.columns.count < columns
    guard isPart, sparsifiers.contains(where: \.needsWholeRows) else {
      return try sum(tile, into: target, workspace)
    }
    // A row at a time, since a rectangle may have many rows where it has few columns.
    for row in tile.rows {
      let whole = Tile(rows: row..<row + 1, columns: 0..<columns)
      let part = Tile(rows: whole.rows, columns: tile.columns)
      try workspace.withElements(columns) { values in
        try sum(whole, into: values, workspace)
        workspace.withElements(part.elementCount) { kept in
          part.copy(outOf: whole, values, to: kept)
          part.copy(kept, to: tile, target)
        }
      }
    }
  }

  private func sum(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    let part = tile.rectangle(stride: columns)
    try base.read(tile, into: target, workspace)
    try workspace.reading(tile, of: models) { differences in
      for (values, sparsifier) in zip(differences, sparsifiers) {
        workspace.combine([(values, 1), (target, -1)], into: values)
        sparsifier.apply(values, part, workspace)
      }
      add(differences, to: target, workspace)
    }
  }

  private func add(
    _ differences: [ByteSlice], to target: ByteSlice, _ workspace: Workspace
  ) {
    guard let election else {
      let terms = zip(differences, weights).map { ($0, factor * $1) }
      return workspace.combine([(target, 1)] + terms, into: target)
    }
    workspace.withBuffer(byteCount: target.byteCount) { elected in
      workspace.kernels.merging.elect(
        differences, weights: weights, normalizes: election.divides, into: elected)
      workspace.combine([(target, 1), (elected, factor)], into: target)
    }
  }
}
