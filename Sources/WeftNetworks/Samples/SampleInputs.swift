package import WeftFormats
import WeftKernels
import WeftTensors

/// Inputs that are made for a network of any kind: several sizes, timesteps and prompts, the same on every machine.
package struct SampleInputs {
  /// One set of inputs.
  package struct Sample {
    /// What it is in words, such as `t 981, 16 × 24, prompt 1`.
    package let title: String
    /// The timestep of a UNet; nil for other networks.
    package let timestep: Int?
    /// The tensors.
    package let inputs: NetworkInputs

    /// Names inputs.
    package init(title: String, timestep: Int? = nil, inputs: NetworkInputs) {
      (self.title, self.timestep, self.inputs) = (title, timestep, inputs)
    }
  }

  private let source: any WeightSource
  private let configuration: NetworkConfiguration
  private let prompts: SamplePrompts
  private let encoded: EncodedPrompts
  private let plan: SamplePlan

  /// Makes the inputs of a network.
  ///
  /// - Parameters:
  ///   - source: the network's weights, whose shapes tell what it takes.
  ///   - configuration: what the weights do not tell.
  ///   - prompts: the prompts.
  ///   - encoded: what the model's text encoders made of them.
  ///   - plan: the sizes and timesteps.
  package init(
    source: any WeightSource, configuration: NetworkConfiguration, prompts: SamplePrompts,
    encoded: EncodedPrompts, plan: SamplePlan
  ) {
    self.source = source
    self.configuration = configuration
    self.prompts = prompts
    self.encoded = encoded
    self.plan = plan
  }

  /// The sets for what a network takes.
  package func sets(_ requirements: [InputRequirement]) throws -> [Sample] {
    let names = Set(requirements.map(\.name))
    if names.contains("sample") { return try plan.steps.indices.map { try step($0, names) } }
    if names.contains("input_ids") { return texts() }
    return try plan.pictures.indices.map { try picture($0, requirements) }
  }

  /// What an input is in words, with its values.
  private func named(_ title: String, timestep: Int? = nil, _ tensors: [String: Tensor]) -> Sample {
    Sample(
      title: title, timestep: timestep,
      inputs: NetworkInputs(tensors.mapValues(InputTensor.init)))
  }
}

// MARK: UNets

extension SampleInputs {
  private func step(_ index: Int, _ names: Set<String>) throws -> Sample {
    let (timestep, height, width) = plan.steps[index]
    let prompt = index % prompts.count
    let channels = source.shape("conv_in.weight")?.dimensions[1] ?? 1
    var tensors = [
      "sample": SeededNoise.tensor([1, channels, height, width], name: "sample \(index)"),
      "timestep": Tensor([1], [Float(timestep)]),
      "encoder_hidden_states": context(prompt),
    ]
    if names.contains("time_ids") {
      tensors.merge(try additions(prompt, height, width)) { first, _ in first }
    }
    if names.contains("controlnet_cond") {
      tensors["controlnet_cond"] = SeededNoise.picture(
        [1, 3, 8 * height, 8 * width], name: "hint \(index)", in: 0...1)
    }
    return named(
      "t \(timestep), \(height) × \(width), prompt \(prompt + 1)", timestep: timestep, tensors)
  }

  /// The encoded prompt, or numbers of its size where no encoder fits.
  private func context(_ prompt: Int) -> Tensor {
    let hasAdditions = source.shape("add_embedding.linear_1.weight") != nil
    return encoded.tokens(prompt, width: contextWidth, hasAdditions: hasAdditions)
      ?? SeededNoise.tensor([1, 77, contextWidth], name: "context \(prompt)")
  }

  /// The features of a token that the attentions take.
  private var contextWidth: Int {
    let blocks = ["down_blocks.0", "down_blocks.1", "down_blocks.2", "mid_block"]
    let names = blocks.map { "\($0).attentions.0.transformer_blocks.0.attn2.to_k.weight" }
    return names.lazy.compactMap { source.shape($0)?.dimensions[1] }.first ?? 1
  }

  /// The pooled text and the sizes of SDXL.
  private func additions(_ prompt: Int, _ height: Int, _ width: Int) throws -> [String: Tensor] {
    let taken = source.shape("add_embedding.linear_1.weight")?.dimensions[1] ?? 0
    let sizes = [height, width, 0, 0, height, width].map { Float(8 * $0) }
    let stated = try configuration.count("addition_time_embed_dim") ?? 256
    // A model of other sizes embeds each number in fewer features.
    let each = sizes.count * stated < taken ? stated : taken / (2 * sizes.count) / 2 * 2
    let pooled = taken - sizes.count * each
    return [
      "text_embeds": encoded.pooled(prompt, width: pooled)
        ?? SeededNoise.tensor([1, pooled], name: "pooled \(prompt)"),
      "time_ids": Tensor([1, sizes.count], sizes),
    ]
  }
}

// MARK: Other networks

extension SampleInputs {
  /// Inputs of every size that is free: pictures as soft waves, everything else as noise.
  private func picture(_ index: Int, _ requirements: [InputRequirement]) throws -> Sample {
    let size = plan.pictures[index]
    let copy = plan.pictures[..<index].count { $0 == size }
    let seed = "\(size)" + (copy == 0 ? "" : " \(copy)")
    var tensors: [String: Tensor] = [:]
    for requirement in requirements where requirement.presence == .required {
      let shape = Shape(requirement.axes.map { axis in Self.length(axis, size) })
      tensors[requirement.name] =
        requirement.name == "image"
        ? SeededNoise.picture(
          shape, name: "image \(seed)", in: requirement.isHint ? 0...1 : -1...1)
        : SeededNoise.tensor(
          shape, name: "\(requirement.name) \(seed)", deviation: try deviation(requirement))
    }
    return named("\(size.height) × \(size.width) pixels", tensors)
  }

  /// A dimension: of free ones heights and widths are told apart by their letters.
  private static func length(
    _ axis: InputRequirement.Axis, _ size: (height: Int, width: Int)
  ) -> Int {
    switch axis {
    case .batch, .batchOrOne: 1
    case .size(let size): size
    case .free("h"): size.height / 8
    case .free("w"): size.width / 8
    case .free(let letter) where letter.hasSuffix("H"): size.height
    case .free(let letter) where letter.hasSuffix("W"): size.width
    case .free("C"): 3
    case .free: 77
    }
  }

  /// Latents are unscaled, so that their deviation is one over the scale.
  private func deviation(_ requirement: InputRequirement) throws -> Double {
    guard requirement.name == "latent" else { return 1 }
    return 1 / Double(try configuration.number("scaling_factor") ?? 1)
  }

  private func texts() -> [Sample] {
    let length = source.shape("text_model.embeddings.position_embedding.weight")?.rowCount ?? 77
    let vocabulary = source.shape("text_model.embeddings.token_embedding.weight")?.rowCount ?? 1
    return (0..<prompts.count).map { index in
      let ids = prompts.ids(index, length: length, vocabulary: vocabulary)
      return Sample(
        title: "prompt \(index + 1)",
        inputs: NetworkInputs(["input_ids": InputTensor([1, length], ids)]))
    }
  }
}

extension InputRequirement {
  /// Whether the picture guides a network: it has 8 pixels for one of a latent, and goes from 0 to 1.
  fileprivate var isHint: Bool { axes.contains(.free("8H")) }
}
