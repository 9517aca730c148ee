/// A full difference: `W' = W + strength · diff` and `b' = b + strength · diff_b`.
///
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/full.py
enum FullDifference {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    try [("diff", "weight"), ("diff_b", "bias")].compactMap { role, parameter in
      guard let difference = module.tensors[role] else { return nil }
      try module.requireShape(difference, of: module.stored(parameter))
      return module.contribution(parameter, .add(difference, coefficient: module.strength))
    }
  }
}
