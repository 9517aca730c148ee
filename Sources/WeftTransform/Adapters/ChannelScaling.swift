import WeftFiles
import WeftTensors

/// (IA)³: `W' = W · (1 + strength · w)` on the rows, or with `on_input` 1 on the input channels; the bias stays.
///
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/ia3.py
struct ChannelScaling: WeightTransform {
  let numbers: Checkpoint.Tensor
  let axis: ChannelAxis
  let strength: Double

  var rule: String { "W · (1 + \(strength) · w), \(axis.name) channels" }
  var isIdentity: Bool { strength == 0 }

  func applied(to weight: any MatrixFormula) -> any MatrixFormula {
    ScaledMatrix(original: weight, numbers: numbers, axis: axis, strength: strength)
  }

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let numbers = try module.required("weight")
    try module.requireFloat(numbers)
    let axis = try axis(module, weight)
    let count = axis == .output ? weight.rows : weight.inputs
    let dimensions = numbers.info.shape.dimensions.filter { $0 != 1 }
    guard numbers.info.elementCount == count, dimensions == [count].filter({ $0 != 1 }) else {
      throw module.misfit("weight", "\(count) numbers, one for each of the \(axis.name) channels,")
    }
    return [
      module.contribution(
        "weight",
        .transform(ChannelScaling(numbers: numbers, axis: axis, strength: module.strength)))
    ]
  }

  private static func axis(_ module: ModuleInHand, _ weight: WeightMatrix) throws -> ChannelAxis {
    switch try module.required("on_input").scalar() {
    case 0: .output
    case 1: .input(taps: weight.taps)
    case let other:
      throw TransformError.badData(
        "on_input is \(other), neither 0 nor 1", at: "\(module.path): \(module.stem)",
        advice: "get the adapter again from its source")
    }
  }
}
