import WeftFiles
import WeftTensors

/// A low-rank product for a weight that is first brought to another shape, as control adapters of other architectures have.
///
/// A fuse keeps the model's shapes: a shape that the model's weight has already changes nothing, any other is refused.
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.60/comfy/weight_adapter/lora.py
enum ReshapedWeight {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let wanted = try module.required("reshape_weight").integers()
    let shape = try module.weight().shape
    guard wanted == shape.dimensions else {
      throw module.refused(
        "it asks for a weight of \(wanted), but the model's is \(shape), which a fuse keeps",
        advice: "use a base whose weight has that shape, such as an inpainting model")
    }
    return try LowRankAdapter.contributions(module)
  }
}
