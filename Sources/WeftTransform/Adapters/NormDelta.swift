/// Deltas of a normalisation's gain and bias: `g' = g + strength · w_norm`, `b' = b + strength · b_norm`.
///
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/norms.py
enum NormDelta {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    try [("w_norm", "weight"), ("b_norm", "bias")].compactMap { role, parameter in
      guard let delta = module.tensors[role] else { return nil }
      try module.requireShape(delta, of: module.stored(parameter))
      return module.contribution(parameter, .add(delta, coefficient: module.strength))
    }
  }
}
