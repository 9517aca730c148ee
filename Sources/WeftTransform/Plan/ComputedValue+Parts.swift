import WeftTensors

extension ComputedValue {
  /// What a layer computes by itself, and what adapters compute beside it.
  package struct Parts: Sendable {
    /// The layer's own weight: the model's, scaled, with everything that is stored whole added.
    package let weight: ComputedValue
    /// Low-rank products beside it.
    package let products: [ProductTerm]
    /// Computed matrices beside it, as one; nil when there are none.
    package let formula: (any MatrixFormula)?
  }

  /// The values in parts whose sum they are; nil when nothing is beside the weight, as where an adapter turns it.
  package var parts: Parts? {
    guard case .stored(let block) = start, !(update.products.isEmpty && update.formulas.isEmpty)
    else { return nil }
    var own = Update()
    (own.baseCoefficient, own.dense) = (update.baseCoefficient, update.dense)
    var computed = Update()
    computed.formulas = update.formulas
    return Parts(
      weight: ComputedValue(block, update: own), products: update.products,
      formula: update.formulas.isEmpty
        ? nil : SumMatrix(rows: rows, columns: columns, computed))
  }
}
