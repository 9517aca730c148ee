/// How the values of a canonical tensor come about: what they start from, and the sum that comes last.
///
/// Sums over a stored tensor are computed directly; everything else is a formula.
package struct ComputedValue: Sendable {
  /// What the values start from.
  package enum Start: Sendable {
    /// A block of a file.
    case stored(StoredBlock)
    /// A formula, such as a merge or a rotation.
    case formula(any MatrixFormula)
  }

  /// What the values start from.
  package let start: Start
  /// What is added to it.
  package var update: Update

  /// A block as it is, or with an update.
  package init(_ block: StoredBlock, update: Update = Update()) {
    start = .stored(block)
    self.update = update
  }

  /// The values of a formula.
  package init(_ formula: any MatrixFormula) {
    start = .formula(formula)
    update = Update()
  }

  private init(start: Start, update: Update) {
    self.start = start
    self.update = update
  }

  /// The rows of the values as a matrix.
  package var rows: Int {
    switch start {
    case .stored(let block): block.rows
    case .formula(let formula): formula.rows
    }
  }

  /// The columns of the values as a matrix.
  package var columns: Int {
    switch start {
    case .stored(let block): block.columns
    case .formula(let formula): formula.columns
    }
  }

  /// The block, when the values are exactly what it stores.
  package var plainBlock: StoredBlock? {
    if case .stored(let block) = start, update.isIdentity { block } else { nil }
  }

  /// All of it as one formula.
  package var formula: any MatrixFormula {
    let base: any MatrixFormula =
      switch start {
      case .stored(let block): StoredMatrix(block)
      case .formula(let formula): formula
      }
    return update.isIdentity ? base : SumMatrix(base, update)
  }

  /// The transpose of the values.
  package var transposed: ComputedValue {
    switch start {
    case .stored(let block):
      ComputedValue(start: .stored(block.transposed), update: update.transposed)
    case .formula(let formula):
      ComputedValue(start: .formula(TransposedMatrix(formula)), update: update.transposed)
    }
  }
}

extension ComputedValue {
  /// Changes the values as an adapter says; sums stay sums, and what is none acts on all that came before.
  mutating func apply(_ change: Contribution.Change) throws {
    switch change {
    case .lowRank(let up, let down, let rank, let scale):
      update.products.append(ProductTerm(up: up, down: down, rank: rank, scale: scale))
    case .add(let tensor, let coefficient):
      update.dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: coefficient))
    case .addMatrix(let formula, let coefficient, _):
      update.formulas.append(FormulaTerm(formula: formula, coefficient: coefficient))
    case .blend(let tensor, let weight):
      scale(by: 1 - weight)
      update.dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: weight))
    case .difference(let tensor, let stock, let weight):
      update.dense.append(DenseTerm(block: tensor.block(rows: rows), coefficient: weight))
      update.dense.append(DenseTerm(block: stock, coefficient: -weight))
    case .transform(let transform):
      self = ComputedValue(try transform.applied(to: formula))
    }
  }

  /// Multiplies everything that was added up so far.
  package mutating func scale(by factor: Double) {
    guard factor != 1 else { return }
    update.baseCoefficient *= factor
    update.dense = update.dense.map {
      DenseTerm(block: $0.block, coefficient: $0.coefficient * factor)
    }
    update.formulas = update.formulas.map {
      FormulaTerm(formula: $0.formula, coefficient: $0.coefficient * factor)
    }
    update.products = update.products.map {
      ProductTerm(
        up: $0.up, down: $0.down, rank: $0.rank, scale: $0.scale * factor,
        isTransposed: $0.isTransposed)
    }
    update.dense.removeAll { $0.coefficient == 0 }
    update.formulas.removeAll { $0.coefficient == 0 }
    update.products.removeAll { $0.scale == 0 }
  }
}
