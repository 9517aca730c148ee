import WeftFiles
import WeftTensors

/// LoHa: `W' = W + strength · alpha / r · (w1_a · w1_b) ⊙ (w2_a · w2_b)`.
///
/// Plain: `w_a [O, r]`, `w_b [r, I · taps]`. Tucker, for convolutions: `w_a [r, O]` (transposed), `w_b [r, I]` and cores
/// `t [r, r, kh, kw]`. The scale counts once; r is the first dimension of `w1_b`.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/functional/loha.py
enum HadamardAdapter {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let left = try half(1, module, weight)
    let right = try half(2, module, weight)
    guard left.columns == right.columns else {
      throw module.refused(
        "its two products have \(left.columns) and \(right.columns) columns",
        advice: "get the adapter again from its source")
    }
    let rank = try module.matrix("hada_w1_b").rows
    let delta = WeightDelta(
      HadamardMatrix(left: left, right: right), scale: try module.scale(rank: rank),
      rule: "(a1 · b1) ⊙ (a2 · b2), rank \(rank)")
    return try module.contributions(delta)
  }

  private static func half(
    _ index: Int, _ module: ModuleInHand, _ weight: WeightMatrix
  ) throws -> any MatrixFormula {
    let roles = (a: "hada_w\(index)_a", b: "hada_w\(index)_b", core: "hada_t\(index)")
    guard module.tensors[roles.core] == nil else {
      return try module.tucker(
        left: roles.a, right: roles.b, core: roles.core, rows: weight.rows,
        inputs: weight.inputs, weight)
    }
    guard module.tensors["hada_t1"] == nil, module.tensors["hada_t2"] == nil else {
      throw module.refused(
        "only one of its products has a core", advice: "get the adapter again from its source")
    }
    let b = try module.matrix(roles.b)
    let a = try module.matrix(roles.a, rows: weight.rows, columns: b.rows)
    return SumMatrix.product(
      up: .stored(a), down: .stored(b.tensor), rows: weight.rows, rank: b.rows,
      columns: b.columns)
  }
}

extension SumMatrix {
  /// A product of two factors.
  static func product(
    up: Factor, down: Factor, rows: Int, rank: Int, columns: Int
  ) -> SumMatrix {
    var update = Update()
    update.products = [ProductTerm(up: up, down: down, rank: rank, scale: 1)]
    return SumMatrix(rows: rows, columns: columns, update)
  }
}

extension ModuleInHand {
  /// `Σ_pq left[p, o] · core[p, q, t] · right[q, i]` as a matrix `[rows, inputs · taps]`.
  func tucker(
    left: String, right: String, core: String, rows: Int, inputs: Int, _ weight: WeightMatrix
  ) throws -> any MatrixFormula {
    let middle = try self.core(core, weight)
    let (rank, inner) = (middle.info.shape.dimensions[0], middle.info.shape.dimensions[1])
    let a = try matrix(left, rows: rank, columns: rows)
    let b = try matrix(right, rows: inner, columns: inputs)
    return SumMatrix.product(
      up: .computed(TransposedFactor(tensor: a, rows: rank, columns: rows)),
      down: .computed(
        CoreFactor(
          core: middle, right: b, rows: rank, inner: inner, inputs: inputs, taps: weight.taps)),
      rows: rows, rank: rank, columns: inputs * weight.taps)
  }
}
