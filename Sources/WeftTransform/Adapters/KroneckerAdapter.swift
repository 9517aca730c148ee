import WeftFiles
import WeftTensors

/// LoKr: `W' = W + strength · scale · w1 ⊗ w2`, `w1 [a, c]`, `w2 [b, d · taps]`, `O = a · b`, `I = c · d`.
///
/// Either factor may be a product of two (`_a [.., r]`, `_b [r, ..]`), and w2 one with a core, `w2_a [r, b]`,
/// `w2_b [r, d]`, `t2 [r, r, kh, kw]`. The scale is alpha / r, counted once, with r of w2 where that is a product, else of
/// w1; with two full factors it is 1, whatever alpha says.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/lokr.py
enum KroneckerAdapter {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let left = try left(module)
    guard weight.rows % left.rows == 0, weight.inputs % left.columns == 0 else {
      throw misfit(module, "w1 is [\(left.rows), \(left.columns)]", weight)
    }
    let right = try right(module, weight, after: left)
    let rank = right.rank ?? left.rank
    let delta = WeightDelta(
      KroneckerMatrix(left: left.formula, right: right.formula),
      scale: try rank.map(module.scale) ?? 1,
      rule: "w1 ⊗ w2, \(rank.map { "rank \($0)" } ?? "both full")")
    guard left.rows * right.rows == weight.rows, delta.columns == weight.columns else {
      throw misfit(
        module,
        "the factors are [\(left.rows), \(left.columns)] and "
          + "[\(right.rows), \(right.columns)]", weight)
    }
    return try module.contributions(delta)
  }

  /// A factor and the rank of what it is a product of.
  private struct Side {
    let formula: any MatrixFormula
    let rank: Int?
    var rows: Int { formula.rows }
    var columns: Int { formula.columns }
  }

  private static func left(_ module: ModuleInHand) throws -> Side {
    try side("lokr_w1", module)
  }

  private static func right(
    _ module: ModuleInHand, _ weight: WeightMatrix, after left: Side
  ) throws -> Side {
    guard module.tensors["lokr_t2"] != nil else { return try side("lokr_w2", module) }
    guard module.tensors["lokr_w2"] == nil else { throw twice("lokr_w2", module) }
    let formula = try module.tucker(
      left: "lokr_w2_a", right: "lokr_w2_b", core: "lokr_t2", rows: weight.rows / left.rows,
      inputs: weight.inputs / left.columns, weight)
    return Side(formula: formula, rank: try module.matrix("lokr_w2_b").rows)
  }

  /// A full factor, or the product of two.
  private static func side(_ role: String, _ module: ModuleInHand) throws -> Side {
    let isProduct = module.tensors[role + "_a"] != nil || module.tensors[role + "_b"] != nil
    if module.tensors[role] != nil {
      guard !isProduct else { throw twice(role, module) }
      let full = try module.matrix(role)
      return Side(formula: StoredMatrix(full.tensor.block(rows: full.rows)), rank: nil)
    }
    guard isProduct else {
      throw module.refused(
        "the module has neither \(role) nor \(role)_a and \(role)_b",
        advice: "get the adapter again from its source")
    }
    let b = try module.matrix(role + "_b")
    let a = try module.matrix(role + "_a")
    guard a.columns == b.rows else {
      throw module.refused(
        "the ranks of its factors differ: \(role)_a is \(a.tensor.info.shape), \(role)_b is "
          + "\(b.tensor.info.shape)", advice: "get the adapter again from its source")
    }
    return Side(
      formula: SumMatrix.product(
        up: .stored(a.tensor), down: .stored(b.tensor), rows: a.rows, rank: b.rows,
        columns: b.columns), rank: b.rows)
  }

  private static func twice(_ role: String, _ module: ModuleInHand) -> TransformError {
    module.refused(
      "it has \(role) in full and as a product", advice: "get the adapter again from its source")
  }

  private static func misfit(
    _ module: ModuleInHand, _ what: String, _ weight: WeightMatrix
  ) -> TransformError {
    module.refused(
      "\(what), whose Kronecker product is not the model's tensor \(weight.shape)",
      advice: "use an adapter that was made for this architecture")
  }
}
