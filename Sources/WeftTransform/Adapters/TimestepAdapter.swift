/// T-LoRA: `W' = W + s · (P · diag(l) · Q − P₀ · diag(l₀) · Q₀)`, relative to the leading part of its training model.
///
/// P₀, l₀ and Q₀ are singular vectors and values of the weight that it was trained on, which the files do not hold; such files
/// are refused.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/tlora.py
enum TimestepAdapter {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    throw module.refused(
      "T-LoRA is a difference to the leading singular vectors of the model that it was trained on, "
        + "which its file does not hold",
      advice: "export the adapter as full differences with LyCORIS and its training model")
  }
}
