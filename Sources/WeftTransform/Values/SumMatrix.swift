package import WeftFiles
import WeftKernels
import WeftTensors

/// A matrix plus everything that an update adds to it; without a matrix, what is added alone.
package struct SumMatrix: MatrixFormula {
  /// The rows of the matrix.
  package let rows: Int
  /// The columns of the matrix.
  package let columns: Int
  /// What the update starts from.
  package let base: (any MatrixFormula)?
  /// What is added.
  package let update: Update

  /// A matrix and an update of the same orientation.
  package init(_ base: any MatrixFormula, _ update: Update) {
    (rows, columns) = (base.rows, base.columns)
    self.base = update.baseCoefficient == 0 ? nil : base
    self.update = update
  }

  /// Products and other terms alone, `[rows, columns]`.
  package init(rows: Int, columns: Int, _ update: Update) {
    (self.rows, self.columns) = (rows, columns)
    base = nil
    self.update = update
  }

  /// The base and the computed terms.
  package var operands: [any MatrixFormula] {
    (base.map { [$0] } ?? []) + update.formulas.map(\.formula)
  }

  /// The packed factors, and the factors while they are packed.
  package var byteCount: Int {
    let rank = update.products.reduce(0) { $0 + $1.rank }
    guard rank > 0 else { return 0 }
    return LowRankOperand.byteCount(rows: rows, columns: columns, rank: rank)
      + update.products.reduce(0) { $0 + $1.up.byteCount + $1.down.byteCount }
  }

  /// The sum with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    guard let base else {
      return SumMatrix(rows: rows, columns: columns, update.reading(moved))
    }
    return SumMatrix(base.reading(moved), update.reading(moved))
  }

  /// Prepares the base and the terms, and packs the factors.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    PreparedSum(
      rows: rows, columns: columns, base: try base?.prepare(workspace), update: update,
      formulas: try update.formulas.map { try $0.formula.prepare(workspace) },
      product: update.products.isEmpty
        ? nil
        : try PreparedProduct(
          rows: rows, columns: columns, terms: try update.terms(workspace), workspace))
  }
}

/// A sum whose terms can be read.
private struct PreparedSum: PreparedMatrix {
  let rows: Int
  let columns: Int
  let base: (any PreparedMatrix)?
  let update: Update
  let formulas: [any PreparedMatrix]
  let product: PreparedProduct?

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    try readBase(tile, into: target, workspace)
    for term in update.dense {
      try add(StoredMatrix(term.block), term.coefficient, tile, to: target, workspace)
    }
    for (term, matrix) in zip(update.formulas, formulas) {
      try add(matrix, term.coefficient, tile, to: target, workspace)
    }
    try product?.add(tile, to: target, workspace)
  }

  private func readBase(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    guard let base else { return target.setZero() }
    try base.read(tile, into: target, workspace)
    guard update.baseCoefficient != 1 else { return }
    var tally = Tally()
    workspace.kernels.combine(
      [Addend(target, .f64, coefficient: update.baseCoefficient)], into: target, .f64,
      tally: &tally)
  }

  private func add(
    _ matrix: any PreparedMatrix, _ coefficient: Double, _ tile: Tile, to target: ByteSlice,
    _ workspace: Workspace
  ) throws {
    guard coefficient != 0 else { return }
    try workspace.withElements(tile.elementCount) { values in
      try matrix.read(tile, into: values, workspace)
      var tally = Tally()
      workspace.kernels.combine(
        [
          Addend(target, .f64, coefficient: 1), Addend(values, .f64, coefficient: coefficient),
        ], into: target, .f64, tally: &tally)
    }
  }
}

/// The low-rank products of a sum, packed for the kernels or for the second way.
struct PreparedProduct: Sendable {
  private enum Way {
    case kernels(LowRankOperand)
    case reference(ReferenceFuse)
  }

  private let way: Way

  init(rows: Int, columns: Int, terms: [LowRankTerm], _ workspace: Workspace) throws {
    way =
      workspace.isReference
      ? .reference(try ReferenceFuse(rows: rows, columns: columns, terms: terms))
      : .kernels(
        LowRankOperand(rows: rows, columns: columns, terms: terms, kernels: workspace.kernels))
  }

  /// Adds the products to a rectangle of float64.
  func add(_ tile: Tile, to target: ByteSlice, _ workspace: Workspace) throws {
    var tally = Tally()
    switch way {
    case .kernels(let operand):
      workspace.kernels.fuseLowRank(
        base: target, .f64, operand: operand, rows: tile.rows, columns: tile.columns,
        into: target, .f64, tally: &tally)
    case .reference(let fuse):
      workspace.withElements(tile.elementCount) { scratch in
        fuse.fuse(
          base: target, .f64, rows: tile.rows, columns: tile.columns, into: target, .f64,
          scratch: scratch, tally: &tally)
      }
    }
  }
}
