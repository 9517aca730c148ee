package import WeftKernels
import WeftTensors

/// A UNet: a noisy latent to what it predicts.
package struct UNetComponent: NetworkComponent {
  private let network: UNet

  package static let hasHeads = true

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    Conditions.inputs(source) + [
      InputRequirement(
        "down_residual", [.batch, .free("C"), .free("H"), .free("W")], .series),
      InputRequirement("mid_residual", [.batch, .free("C"), .free("H"), .free("W")], .optional),
    ]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int { Conditions.activationCount(source, inputs) }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try UNet(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    var conditions = try Conditions.read(inputs)
    let down = inputs.series("down_residual")
    let middle = inputs["mid_residual"]?.tensor
    if !down.isEmpty || middle != nil {
      conditions.control = ControlResiduals(down: down, middle: middle)
    }
    return [NamedTensor("sample", try network(conditions, pass))]  // [N, outputs, H, W]
  }
}

/// A ControlNet: a noisy latent and a picture to what a UNet should add.
package struct ControlNetComponent: NetworkComponent {
  private let network: ControlNet

  package static let hasHeads = true

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    let channels = source.axis("controlnet_cond_embedding.conv_in.weight", 1, or: "C")
    return Conditions.inputs(source) + [
      InputRequirement("controlnet_cond", [.batch, channels, .free("8H"), .free("8W")])
    ]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    // The picture's first layers have few channels, but all pixels.
    let width = source.size("controlnet_cond_embedding.blocks.1.weight", axis: 0) ?? 0
    return Conditions.activationCount(source, inputs)
      + 2 * width * inputs.product("controlnet_cond", axes: [0, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try ControlNet(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let residuals = try network(
      try Conditions.read(inputs), picture: try inputs.tensor("controlnet_cond"), pass)
    return residuals.down.enumerated().map { NamedTensor("down_residual.\($0)", $1) }
      + (residuals.middle.map { [NamedTensor("mid_residual", $0)] } ?? [])
  }
}

/// The inputs that a UNet and a ControlNet have in common.
private enum Conditions {
  static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    let channels = source.axis("conv_in.weight", 1, or: "C")
    let context = contextWidth(source).map { InputRequirement.Axis.size($0) } ?? .free("D")
    let own = [
      InputRequirement("sample", [.batch, channels, .free("H"), .free("W")]),
      InputRequirement("timestep", [.batchOrOne]),
      InputRequirement("encoder_hidden_states", [.batch, .free("T"), context]),
    ]
    guard source.shape("add_embedding.linear_1.weight") != nil else { return own }
    return own + [
      InputRequirement("text_embeds", [.batch, .free("P")]),
      InputRequirement("time_ids", [.batch, .free("K")]),
    ]
  }

  /// The features of a token, which the first attention to the prompt tells.
  private static func contextWidth(_ source: any WeightSource) -> Int? {
    var level = 0
    while source.shape("down_blocks.\(level).resnets.0.conv1.weight") != nil {
      let block = "down_blocks.\(level).attentions.0.transformer_blocks.0"
      if let width = source.size("\(block).attn2.to_k.weight", axis: 1) { return width }
      level += 1
    }
    return nil
  }

  /// What is kept on the way down, the widest layers of a transformer and the threads' own memory: 25 times the first
  /// convolution's output in tensors, measured for Stable Diffusion 1 at 512 by 512 pixels, and as much again beside them.
  static func activationCount(_ source: any WeightSource, _ inputs: NetworkInputs) -> Int {
    let width = source.size("conv_in.weight", axis: 0) ?? 0
    return 50 * width * inputs.product("sample", axes: [0, 2, 3])
  }

  static func read(_ inputs: NetworkInputs) throws -> UNet.Inputs {
    let sample = try inputs.tensor("sample")  // [N, C, H, W]
    let timesteps = try inputs.tensor("timestep").floats
    var conditions = UNet.Inputs(
      sample: sample,
      timesteps: timesteps.count == sample[0]
        ? timesteps : [Float](repeating: timesteps[0], count: sample[0]),
      prompt: Conditioning(text: try inputs.tensor("encoder_hidden_states")))
    conditions.pooledText = inputs["text_embeds"]?.tensor
    conditions.timeIDs = inputs["time_ids"]?.tensor
    return conditions
  }
}
