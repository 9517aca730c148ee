package import WeftFormats
package import WeftKernels
package import WeftNetworks
package import WeftTensors

/// The inputs that networks are compared with unless others are given: several sizes, timesteps and prompts, the same on
/// every machine.
package struct SampleInputs: Sendable {
  /// One set of inputs by the names of `weft forward`.
  package struct Set: Sendable {
    /// The inputs in words.
    package let title: ForwardReport.Case
    /// The tensors.
    package var tensors: [String: Tensor]
  }

  let source: any WeightSource
  let configuration: NetworkConfiguration
  let prompts: SamplePrompts
  /// What the reference's text encoders make of the prompts; empty when it has none.
  let encoded: [EncodedPrompt]

  /// What text encoders make of a prompt.
  struct EncodedPrompt: Sendable {
    /// `[1, T, D]`.
    let tokens: Tensor
    /// `[1, P]`; nil where no encoder projects.
    let pooled: Tensor?
  }

  /// The timesteps of a UNet, from much noise to little, each with the size of its latent; the odd one makes the way up
  /// take a size that is not twice its own.
  private static let steps: [(timestep: Int, height: Int, width: Int)] = [
    (981, 16, 16), (801, 24, 16), (601, 32, 32), (401, 16, 24), (201, 18, 22), (21, 16, 16),
  ]

  /// The sets for a component; none for a name that is unknown.
  package func sets(for component: String) throws -> [Set] {
    switch component {
    case "unet", "controlnet":
      try Self.steps.enumerated().map { try step($0, $1, hasPicture: component == "controlnet") }
    case "vae-decoder", "taesd-decoder": try latents(component)
    case "vae-encoder", "taesd-encoder": pictures(in: -1...1, sizes: [(128, 128), (96, 160)])
    case "text-encoder", "text-encoder-2": texts()
    default: []
    }
  }

  // MARK: UNet

  private func step(
    _ index: Int, _ step: (timestep: Int, height: Int, width: Int), hasPicture: Bool
  ) throws -> Set {
    let channels = source.shape("conv_in.weight")?.dimensions[1] ?? 4
    let (height, width) = (step.height, step.width)
    var tensors = [
      "sample": SeededNoise.tensor([1, channels, height, width], name: "sample \(index)"),
      "timestep": Tensor([1], [Float(step.timestep)]),
      "encoder_hidden_states": try context(index),
    ]
    tensors.merge(try additions(index, height: height, width: width)) { first, _ in first }
    if hasPicture {
      tensors["controlnet_cond"] = SeededNoise.picture(
        [1, 3, 8 * height, 8 * width], name: "hint \(index)", in: 0...1)
    }
    return Set(
      title: ForwardReport.Case(
        title: "t \(step.timestep), \(height) × \(width), prompt \(index % prompts.count + 1)",
        timestep: step.timestep), tensors: tensors)
  }

  /// The encoded prompt, or numbers of its kind where no encoder fits.
  private func context(_ index: Int) throws -> Tensor {
    let width = contextWidth
    if !encoded.isEmpty, case let tokens = encoded[index % encoded.count].tokens,
      tokens[2] == width
    {
      return tokens
    }
    return SeededNoise.tensor([1, 77, width], name: "context \(index % prompts.count)")
  }

  /// The features of a token that the attentions take.
  private var contextWidth: Int {
    let blocks = ["down_blocks.0", "down_blocks.1", "down_blocks.2", "mid_block"]
    let names = blocks.map { "\($0).attentions.0.transformer_blocks.0.attn2.to_k.weight" }
    return names.lazy.compactMap { source.shape($0)?.dimensions[1] }.first ?? 768
  }

  /// The pooled text and the sizes of SDXL.
  private func additions(_ index: Int, height: Int, width: Int) throws -> [String: Tensor] {
    guard let taken = source.shape("add_embedding.linear_1.weight")?.dimensions[1] else {
      return [:]
    }
    let count = 6
    let stated = try configuration.count("addition_time_embed_dim") ?? 256
    // A model of other sizes embeds each number in fewer features.
    let each = count * stated < taken ? stated : taken / (2 * count) / 2 * 2
    let pooled = taken - count * each
    let given = encoded.isEmpty ? nil : encoded[index % encoded.count].pooled
    let sizes = [height, width, 0, 0, height, width].map { Float(8 * $0) }
    return [
      "text_embeds": given?[1] == pooled
        ? given ?? SeededNoise.tensor([1, pooled], name: "pooled")
        : SeededNoise.tensor([1, pooled], name: "pooled \(index % prompts.count)"),
      "time_ids": Tensor([1, count], sizes),
    ]
  }

  // MARK: Pictures

  private func latents(_ component: String) throws -> [Set] {
    let isScaled = component == "taesd-decoder"
    let name = isScaled ? "decoder.layers.0.weight" : "decoder.conv_in.weight"
    let channels = source.shape(name)?.dimensions[1] ?? 4
    let factor = isScaled ? 1 : try configuration.number("scaling_factor") ?? 1
    return [(16, 16), (12, 20)].map { height, width in
      Set(
        title: ForwardReport.Case(title: "\(height) × \(width)"),
        tensors: [
          "latent": SeededNoise.tensor(
            [1, channels, height, width], name: "latent \(height)", deviation: 1 / Double(factor))
        ])
    }
  }

  private func pictures(in range: ClosedRange<Float>, sizes: [(Int, Int)]) -> [Set] {
    sizes.map { height, width in
      Set(
        title: ForwardReport.Case(title: "\(height) × \(width)"),
        tensors: [
          "image": SeededNoise.picture([1, 3, height, width], name: "image \(height)", in: range)
        ])
    }
  }

  // MARK: Texts

  private func texts() -> [Set] {
    let length = source.shape("text_model.embeddings.position_embedding.weight")?.rowCount ?? 77
    let vocabulary = source.shape("text_model.embeddings.token_embedding.weight")?.rowCount ?? 1
    return (0..<prompts.count).map { index in
      let ids = prompts.ids(index, length: length, vocabulary: vocabulary)
      return Set(
        title: ForwardReport.Case(title: "prompt \(index + 1)"),
        tensors: ["input_ids": Tensor([1, length], ids.map(Float.init))])
    }
  }
}
