import WeftFiles
import WeftTensors

/// LoRA on linear layers and convolutions: `W' = W + strength · alpha / r · up · down`.
///
/// `up` is `[O, r]` or `[O, r, 1, 1]`, `down` is `[r, I]` or `[r, I, kh, kw]`; the product of the flattened factors has
/// the flattened shape of W, because a 1×1 convolution after a k×k one is linear.
/// Source: https://github.com/kohya-ss/sd-scripts/blob/48d368fa/networks/lora.py
enum LowRankAdapter {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    if module.tensors["mid"] != nil {
      throw module.refused(
        "it has a Tucker core, which cannot be fused",
        advice: "convert the adapter to LoRA or full differences with its own tools first")
    }
    let up = try module.required("up")
    let down = try module.required("down")
    let stored = try module.stored("weight")
    let rank = try checkedRank(up: up, down: down, stored: stored, module: module)
    let scale = try module.strength * self.scale(module, rank: rank)
    var contributions = [
      module.contribution(
        "weight", .lowRank(up: .stored(up), down: .stored(down), rank: rank, scale: scale))
    ]
    if let bias = module.tensors["lora_bias"] {
      try module.requireShape(bias, of: module.stored("bias"))
      contributions.append(module.contribution("bias", .add(bias, coefficient: scale)))
    }
    return contributions
  }

  private static func checkedRank(
    up: Checkpoint.Tensor, down: Checkpoint.Tensor, stored: BaseModel.Stored,
    module: ModuleInHand
  ) throws -> Int {
    try module.requireFloat(up)
    try module.requireFloat(down)
    let upShape = up.info.shape
    let downShape = down.info.shape
    let rank = downShape.rank > 1 ? downShape.rowCount : 0
    guard rank > 0, upShape.rank > 1,
      upShape.withoutTrailingOnes.dimensions.dropFirst() == [rank]
        || (rank == 1 && upShape.withoutTrailingOnes.rank == 1)
    else {
      throw module.refused(
        "the ranks of its factors differ: up is \(upShape), down is \(downShape)",
        advice: "get the adapter again from its source")
    }
    let product = Shape([upShape.rowCount] + downShape.dimensions.dropFirst())
    guard fits(product, stored.shape) else {
      throw module.refused(
        "its product is \(product), but the model's tensor is \(stored.shape)",
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

  /// Alpha over rank; a stored scale wins over alpha, and without either the factors are taken as they are.
  private static func scale(_ module: ModuleInHand, rank: Int) throws -> Double {
    if let scale = module.tensors["scale"] { return try scale.scalar() }
    guard let alpha = try module.tensors["alpha"]?.scalar() ?? module.config?.alpha else {
      return 1
    }
    guard alpha == 0 else {
      guard module.tensors["alpha"] == nil, let config = module.config else {
        return alpha / Double(rank)
      }
      if let stated = config.rank, stated != rank {
        throw module.refused(
          "its rank is \(rank), but its configuration says \(stated)",
          advice: "get the adapter again from its source")
      }
      return config.scale(rank: rank)
    }
    switch module.recipe.alphaZero {
    case .rank: return 1
    case .zero: return 0
    case .refused:
      throw module.refused(
        "its alpha is 0, which trainers take as the rank and other programs as no change",
        advice: "choose with --alpha-zero rank or --alpha-zero zero")
    }
  }
}
