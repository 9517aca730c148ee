package import WeftKernels
import WeftTensors

/// The encoder of an autoencoder: pictures from -1 to 1 to distributions of latents.
package struct VAEEncoderComponent: NetworkComponent {
  private let network: VAEEncoder

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    [picture("image", source.axis("encoder.conv_in.weight", 1, or: "C"), "H", "W")]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    5 * (source.size("encoder.conv_in.weight", axis: 0) ?? 0)
      * inputs.product("image", axes: [0, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try VAEEncoder(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    let distribution = try network(try inputs.tensor("image"), pass)
    return [
      NamedTensor("moments", distribution.moments),
      NamedTensor("mean", try distribution.mean(pass.backend)),
    ]
  }
}

/// The decoder of an autoencoder: unscaled latents to pictures from about -1 to 1.
package struct VAEDecoderComponent: NetworkComponent {
  private let network: VAEDecoder

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    let name = source.shape("post_quant_conv.weight") == nil ? "decoder.conv_in" : "post_quant_conv"
    return [picture("latent", source.axis("\(name).weight", 1, or: "C"), "h", "w")]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    // The last level but one gives its twice as many channels at the picture's full size.
    let width = source.size("decoder.conv_out.weight", axis: 1) ?? 0
    var factor = 1
    var level = 0
    while source.shape("decoder.up_blocks.\(level).resnets.0.conv1.weight") != nil {
      if source.shape("decoder.up_blocks.\(level).upsamplers.0.conv.weight") != nil { factor *= 2 }
      level += 1
    }
    return 8 * width * factor * factor * inputs.product("latent", axes: [0, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try VAEDecoder(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    [NamedTensor("image", try network(try inputs.tensor("latent"), pass))]  // [N, 3, H, W]
  }
}

/// The encoder of a tiny autoencoder: pictures from -1 to 1 to scaled latents.
package struct TinyEncoderComponent: NetworkComponent {
  private let network: TinyEncoder

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    [picture("image", source.axis("encoder.layers.0.weight", 1, or: "C"), "H", "W")]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    4 * (source.size("encoder.layers.0.weight", axis: 0) ?? 0)
      * inputs.product("image", axes: [0, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try TinyEncoder(source, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    [NamedTensor("latent", try network(try inputs.tensor("image"), pass))]  // [N, L, h, w]
  }
}

/// The decoder of a tiny autoencoder: scaled latents to pictures from about -1 to 1.
package struct TinyDecoderComponent: NetworkComponent {
  private let network: TinyDecoder

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    [picture("latent", source.axis("decoder.layers.0.weight", 1, or: "C"), "h", "w")]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    // 8 by 8 pixels of a latent's one.
    4 * 64 * (source.size("decoder.layers.0.weight", axis: 0) ?? 0)
      * inputs.product("latent", axes: [0, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try TinyDecoder(source, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    [NamedTensor("image", try network(try inputs.tensor("latent"), pass))]  // [N, 3, H, W]
  }
}

/// A T2I-Adapter: pictures from 0 to 1 to what a UNet should add to each level.
package struct T2IAdapterComponent: NetworkComponent {
  private let network: T2IAdapter

  package static func inputs(_ source: any WeightSource) -> [InputRequirement] {
    [picture("image", .free("C"), "8H", "8W")]
  }

  package static func activationCount(
    _ source: any WeightSource, _ inputs: NetworkInputs
  ) -> Int {
    // As many elements as the picture has after its squares became channels, a few times.
    16 * inputs.product("image", axes: [0, 1, 2, 3])
  }

  package init(
    _ source: any WeightSource, _ configuration: NetworkConfiguration, _ backend: any Backend
  ) throws {
    network = try T2IAdapter(source, configuration, backend)
  }

  package func outputs(_ inputs: NetworkInputs, _ pass: Pass) throws -> [NamedTensor] {
    try network(try inputs.tensor("image"), pass).enumerated().map {
      NamedTensor("feature.\($0)", $1)  // [N, Cᵢ, h, w]
    }
  }
}

/// A picture or latent: `[N, C, H, W]` under the letters of the documentation.
private func picture(
  _ name: String, _ channels: InputRequirement.Axis, _ height: String, _ width: String
) -> InputRequirement {
  InputRequirement(name, [.batch, channels, .free(height), .free(width)])
}
