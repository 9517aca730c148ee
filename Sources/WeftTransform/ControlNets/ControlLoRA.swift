import WeftFiles
import WeftFormats
import WeftTensors

/// A Control-LoRA: low-rank factors and whole tensors that make the encoder of a model's UNet a ControlNet.
///
/// Its tensors are called as LDM calls those of a ControlNet, without a prefix: `NAME.weight` or `NAME.bias` is a whole tensor,
/// `NAME.up` and `NAME.down` are factors of what is added to the model's own `NAME.weight`.
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.60/comfy/controlnet.py (ControlLora)
struct ControlLoRA {
  /// The tensor, without any meaning of its own, by which such files are known.
  static let marker = "lora_controlnet"
  /// The family's name in reports.
  static let family = "control-lora"

  /// The adapter's file.
  let source: AdapterSource
  /// What the user allows to be left out.
  let allowedUnmatched: [Glob]

  /// The file.
  let checkpoint: Checkpoint
  var path: String { source.request.path }
}

extension ControlLoRA {
  /// The Control-LoRA of a fuse; nil when all adapters are others.
  ///
  /// - Throws: when it is not alone, or anything is asked for that a ControlNet's weights do not have.
  static func find(in recipe: FuseRecipe, library: FormatLibrary) throws -> ControlLoRA? {
    for request in recipe.adapters {
      let checkpoints = try AdapterSource.checkpoints(at: request.path)
      guard let checkpoint = checkpoints.first(where: { $0[marker] != nil }) else { continue }
      try check(request, in: recipe)
      let part = AdapterSource.Part(
        checkpoint: checkpoint,
        reading: AdapterReading(checkpoint.tensors.map(\.info), library: library),
        configs: try AdapterConfigs(of: checkpoint))
      return ControlLoRA(
        source: AdapterSource(request: request, parts: [part]),
        allowedUnmatched: recipe.output.allowedUnmatched.map(Glob.init), checkpoint: checkpoint)
    }
    return nil
  }

  private static func check(_ request: AdapterRequest, in recipe: FuseRecipe) throws {
    guard recipe.adapters.count == 1 else {
      throw TransformError.refused(
        "a Control-LoRA makes a ControlNet of the model, so that no other adapter can be fused with it",
        at: request.path,
        advice: "fuse the others into a model first, and the Control-LoRA into that one")
    }
    guard request == AdapterRequest(path: request.path) else {
      throw TransformError.refused(
        "the weights of a ControlNet have no strength", at: request.path,
        advice: "leave the scale out, and choose the strength where the ControlNet is used")
    }
    guard recipe.output.vaePath == nil, recipe.tloraBasePath == nil else {
      throw TransformError.refused(
        "a ControlNet has neither a VAE nor a training model", at: request.path,
        advice: "leave --vae and --tlora-base out")
    }
  }
}
