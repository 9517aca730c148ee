import WeftFiles
import WeftFormats
import WeftTensors

/// T-LoRA: `W' = W + strength · alpha / r · (P · diag(l) · Q − P₀ · diag(l₀) · Q₀)`, relative to the leading part of its
/// training model.
///
/// `p_layer [O, r]`, `q_layer [r, I]`, `lambda_layer [1, r]`. P₀, l₀ and Q₀ are the r greatest singular values and their vectors
/// of the weight that it was trained on, LyCORIS' default and what it takes whenever it loads such a file; files do not hold
/// them, so that the training model must be given. At run time ranks are masked by the time step; a fused weight has none,
/// so that every rank counts, as in LyCORIS without a mask.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/tlora.py
enum TimestepAdapter {
  /// The name of the family's data file.
  static let family = "tlora"

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let origin = try origin(module, weight)
    let q = try module.matrix("q_layer")
    guard q.columns == weight.inputs else {
      throw module.misfit("q_layer", "[rank, \(weight.inputs)]")
    }
    let p = try module.matrix("p_layer", rows: weight.rows, columns: q.rows)
    let weights = try weights(module, rank: q.rows)
    var update = Update()
    update.products = [
      ProductTerm(
        up: .stored(p), down: .computed(WeightedFactor(matrix: q.tensor, weights: weights)),
        rank: q.rows, scale: 1)
    ]
    update.formulas = [
      FormulaTerm(formula: LeadingPart(block: origin, rank: q.rows), coefficient: -1)
    ]
    let delta = SumMatrix(rows: weight.rows, columns: weight.columns, update)
    return [
      module.contribution(
        "weight",
        .addMatrix(
          delta, coefficient: module.strength * (try module.scale(rank: q.rows)),
          rule: "(P · diag(l) · Q - the training model's leading part), rank \(q.rows)"))
    ]
  }

  /// The weight that the adapter was trained on.
  private static func origin(
    _ module: ModuleInHand, _ weight: WeightMatrix
  ) throws -> StoredBlock {
    guard let model = module.tloraBase else {
      throw module.refused(
        "T-LoRA is a difference to the leading singular vectors of the model that it was trained on, "
          + "which its file does not hold",
        advice: "give that model to weft fuse with --tlora-base FILE")
    }
    guard weight.taps == 1 else {
      throw module.refused(
        "its factors are 1x1, but the kernel of the model's tensor \(weight.shape) is not: "
          + "what LyCORIS computes of them is in no weight",
        advice: "use the adapter with LyCORIS, or one that leaves such convolutions out")
    }
    guard let stored = model.stored[module.name("weight")] else {
      throw module.refused(
        "the training model has no \(module.name("weight").path)",
        advice: "give the model that the adapter was trained on with --tlora-base")
    }
    guard stored.shape.withoutTrailingOnes == weight.shape.withoutTrailingOnes else {
      throw module.refused(
        "the training model's tensor is \(stored.shape), the model's \(weight.shape)",
        advice: "give the model that the adapter was trained on with --tlora-base")
    }
    try module.requireFloat(stored.tensor)
    return stored.block()
  }

  /// The values that take the place of singular values, one a rank.
  private static func weights(
    _ module: ModuleInHand, rank: Int
  ) throws -> Checkpoint.Tensor {
    let weights = try module.required("lambda_layer")
    try module.requireFloat(weights)
    guard weights.info.elementCount == rank else {
      throw module.misfit("lambda_layer", "[1, \(rank)]")
    }
    return weights
  }
}
