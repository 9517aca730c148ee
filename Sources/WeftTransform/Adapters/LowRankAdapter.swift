import WeftFiles
import WeftTensors

/// LoRA on linear layers and convolutions: `W' = W + strength · alpha / r · up · down`.
///
/// `up` is `[O, r]` or `[O, r, 1, 1]`, `down` is `[r, I]` or `[r, I, kh, kw]`; the product of the flattened factors has
/// the flattened shape of W, because a 1×1 convolution after a k×k one is linear. With a core `mid [r, r, kh, kw]`
/// `down` is `[r, I, 1, 1]`, and `mid · down` takes its place.
/// Source: https://github.com/kohya-ss/sd-scripts/blob/48d368fa/networks/lora.py
enum LowRankAdapter {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let delta = try delta(module)
    return try module.contributions(delta) + bias(module, delta)
  }

  /// What the factors add at full strength.
  static func delta(_ module: ModuleInHand) throws -> WeightDelta {
    if module.tensors["mid"] != nil { return try coreDelta(module) }
    let up = try module.required("up")
    let down = try module.required("down")
    let weight = try module.weight()
    let rank = try checkedRank(up: up, down: down, weight: weight, module: module)
    return WeightDelta(
      up: .stored(up), down: .stored(down), rank: rank, scale: try module.scale(rank: rank),
      columns: down.info.elementCount / rank)
  }

  /// The factors of a Tucker decomposition.
  private static func coreDelta(_ module: ModuleInHand) throws -> WeightDelta {
    let weight = try module.weight()
    let core = try module.core("mid", weight)
    let (rows, inner) = (core.info.shape.dimensions[0], core.info.shape.dimensions[1])
    let up = try module.matrix("up", rows: weight.rows, columns: rows)
    let down = try module.matrix("down", rows: inner, columns: weight.inputs)
    let factor = CoreFactor(
      core: core, right: down, rows: rows, inner: inner, inputs: weight.inputs, taps: weight.taps)
    return WeightDelta(
      up: .stored(up), down: .computed(factor), rank: rows,
      scale: try module.scale(rank: inner), columns: weight.columns)
  }

  /// PEFT's change of the bias, `b' = b + strength · scale · bias`.
  private static func bias(_ module: ModuleInHand, _ delta: WeightDelta) throws -> [Contribution] {
    guard let bias = module.tensors["lora_bias"], let term = delta.update.products.first else {
      return []
    }
    try module.requireShape(bias, of: module.stored("bias"))
    return [module.contribution("bias", .add(bias, coefficient: module.strength * term.scale))]
  }

  private static func checkedRank(
    up: Checkpoint.Tensor, down: Checkpoint.Tensor, weight: WeightMatrix, module: ModuleInHand
  ) throws -> Int {
    try module.requireFloat(up)
    try module.requireFloat(down)
    let upShape = up.info.shape
    let downShape = down.info.shape
    let rank = downShape.rank > 1 ? downShape.rowCount : 0
    guard rank > 0, upShape.rank > 1 else {
      throw module.refused(
        "its factors are no matrices of a rank above 0: up is \(upShape), down is \(downShape)",
        advice: "get the adapter again from its source")
    }
    guard
      upShape.withoutTrailingOnes.dimensions.dropFirst() == [rank]
        || (rank == 1 && upShape.withoutTrailingOnes.rank == 1)
    else {
      throw module.refused(
        "the ranks of its factors differ: up is \(upShape), down is \(downShape)",
        advice: "get the adapter again from its source")
    }
    let product = Shape([upShape.rowCount] + downShape.dimensions.dropFirst())
    guard fits(product, weight.shape) || isPadded(product, weight, module) else {
      throw module.refused(
        "its product is \(product), but the model's tensor is \(weight.shape)",
        advice: "use an adapter that was made for this architecture")
    }
    return rank
  }

  /// Whether a product can be added to a weight: the same shape, or one of them flattened.
  private static func fits(_ product: Shape, _ weight: Shape) -> Bool {
    if product.withoutTrailingOnes == weight.withoutTrailingOnes { return true }
    return product.rank == 2 && weight.rank > 1 && product.rowCount == weight.rowCount
      && product.checkedElementCount == weight.checkedElementCount
  }

  /// Whether a product is one for the first input channels of an inpainting model.
  private static func isPadded(
    _ product: Shape, _ weight: WeightMatrix, _ module: ModuleInHand
  ) -> Bool {
    product.rowCount == weight.rows
      && product.dimensions.dropFirst(2) == weight.shape.dimensions.dropFirst(2)
      && module.isPadded(columns: (product.checkedElementCount ?? 0) / weight.rows, weight)
  }
}
