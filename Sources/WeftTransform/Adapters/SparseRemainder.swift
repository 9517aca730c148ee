import WeftFiles
import WeftTensors

/// A low-rank product with a sparse remainder: `W' = W + strength · alpha / r · (up · down + S)`.
///
/// S has `bias_values [n]` at `bias_indices [2, n]` of a matrix of `bias_size`, which is W flattened to `[O, I · taps]`.
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/82a973c0/extensions-builtin/Lora/network.py
/// (finalize_updown), https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/utils/__init__.py
enum SparseRemainder {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let remainder = try matrix(module, weight)
    guard module.tensors["up"] != nil || module.tensors["down"] != nil else {
      return try module.contributions(
        WeightDelta(remainder, scale: 1, rule: "sparse remainder"))
    }
    var delta = try LowRankAdapter.delta(module)
    let scale = delta.update.products.first?.scale ?? 1
    delta.update.formulas.append(FormulaTerm(formula: remainder, coefficient: scale))
    delta.rule = "sparse remainder"
    return try module.contributions(delta)
  }

  private static func matrix(
    _ module: ModuleInHand, _ weight: WeightMatrix
  ) throws -> SparseMatrix {
    let (places, values) = (try module.required("bias_indices"), try module.required("bias_values"))
    try module.requireFloat(values)
    let count = values.info.elementCount
    guard places.info.dtype.kind == .integer, places.info.shape.dimensions == [2, count],
      values.info.shape.rank == 1
    else { throw module.misfit("bias_indices", "[2, \(count)] integers") }
    if let size = module.tensors["bias_size"] {
      let stated = try size.integers()
      guard stated == [weight.rows, weight.columns] else {
        throw module.refused(
          "its sparse remainder is of \(stated), but the model's tensor is \(weight.shape)",
          advice: "use an adapter that was made for this architecture")
      }
    }
    return SparseMatrix(
      rows: weight.rows, columns: weight.columns, places: places, elements: values)
  }
}
