package import WeftKernels
import WeftTensors

/// A text encoder: the ids of tokens to hidden states.
package struct TextEncoderComponent: NetworkComponent {
  private let network: TextEncoder

  package static let hasHeads = true

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    [InputRequirement("input_ids", [.batch, .free("77")], isInteger: true)]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    // A state of every layer is kept; layers are four times as wide inside.
    let width = source.size("text_model.final_layer_norm.weight", axis: 0) ?? 0
    var layers = 0
    while source.shape("text_model.encoder.layers.\(layers).layer_norm1.weight") != nil {
      layers += 1
    }
    return (layers + 16) * width * inputs.product("input_ids", axes: [0, 1])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try TextEncoder(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let encoding = try network(try inputs.rows("input_ids"), pass)
    return [
      NamedTensor("last_hidden_state", encoding.lastHiddenState),
      NamedTensor("pooled", encoding.pooled),
    ] + (encoding.embeds.map { [NamedTensor("text_embeds", $0)] } ?? [])
      + numbered("hidden_states", encoding.hiddenStates)
  }
}

/// A vision encoder: normalised pictures to hidden states.
package struct VisionEncoderComponent: NetworkComponent {
  private let network: VisionEncoder

  package static let hasHeads = true

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    let channels = source.axis("vision_model.embeddings.patch_embedding.weight", 1, or: "C")
    let size = size(source).map { InputRequirement.Axis.size($0) } ?? .free("S")
    return [InputRequirement("pixel_values", [.batch, channels, size, size])]
  }

  /// The only height and width that have positions.
  private static func size(_ source: any WeightSource) -> Int? {
    let places = "vision_model.embeddings.position_embedding.weight"
    guard let count = source.size(places, axis: 0),
      let patch = source.size("vision_model.embeddings.patch_embedding.weight", axis: 3)
    else { return nil }
    return PatchEmbeddings.size(positions: count, patch: patch)
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    let places = "vision_model.embeddings.position_embedding.weight"
    let state = (source.size(places, axis: 0) ?? 0) * (source.size(places, axis: 1) ?? 0)
    var layers = 0
    while source.shape("vision_model.encoder.layers.\(layers).layer_norm1.weight") != nil {
      layers += 1
    }
    return (layers + 16) * state * inputs.product("pixel_values", axes: [0])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try VisionEncoder(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let encoding = try network(try inputs.tensor("pixel_values"), pass)
    return [NamedTensor("last_hidden_state", encoding.lastHiddenState)]
      + (encoding.embeds.map { [NamedTensor("image_embeds", $0)] } ?? [])
      + numbered("hidden_states", encoding.hiddenStates)
  }
}

/// The part of an IP-Adapter that makes tokens of a picture's features.
package struct ImageTokensComponent: NetworkComponent {
  private let network: ImageTokens

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    source.shape("image_proj.latents") == nil
      ? [
        InputRequirement(
          "image_embeds", [.batch, source.axis("image_proj.image_embeds.weight", 1, or: "D")])
      ]
      : [
        InputRequirement(
          "hidden_states",
          [.batch, .free("T"), source.axis("image_proj.proj_in.weight", 1, or: "D")])
      ]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    16
      * (inputs.product("image_embeds", axes: [0, 1])
        + inputs.product("hidden_states", axes: [0, 1, 2]))
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try ImageTokens(source, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let features = try inputs.tensor(network.takesPatches ? "hidden_states" : "image_embeds")
    return [NamedTensor("tokens", try network(features, pass))]  // [N, k, C]
  }
}

/// Tensors as `NAME.0`, `NAME.1` and so on.
private func numbered(_ name: String, _ tensors: [Tensor]) -> [NamedTensor] {
  tensors.enumerated().map { NamedTensor("\(name).\($0)", $1) }
}
