/// A weight that takes the place of the model's: `W' = set_weight`, whatever the strength, as long as it is not 0.
///
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.60/comfy/lora.py (calculate_weight, "set")
enum WeightReplacement {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let value = try module.required("set_weight")
    try module.requireShape(value, of: module.stored("weight"))
    let isOn = module.strength != 0
    return [module.contribution("weight", .blend(value, weight: isOn ? 1 : 0))]
  }
}
