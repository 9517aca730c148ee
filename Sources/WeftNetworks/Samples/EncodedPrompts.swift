import WeftKernels
import WeftTensors

/// What a model's text encoders make of sample prompts, so that UNets look at what they were made for.
package struct EncodedPrompts {
  /// The outputs of each encoder for each prompt.
  private var encoders: [[[NamedTensor]]] = []

  /// Starts without an encoder.
  package init() {}

  /// Takes an encoder's outputs, a list for each prompt.
  package mutating func add(_ outputs: [[NamedTensor]]) { encoders.append(outputs) }

  /// A prompt's tokens for a UNet, `[1, T, D]`; nil when there are none of that width.
  ///
  /// SDXL's UNets, which have additional conditions, look at the last hidden state but one of all encoders side by side.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py
  func tokens(_ prompt: Int, width: Int, hasAdditions: Bool) -> Tensor? {
    let states = encoders.compactMap { prompts -> Tensor? in
      guard !prompts.isEmpty else { return nil }
      let outputs = prompts[prompt % prompts.count]
      guard hasAdditions else { return outputs.first { $0.name == "last_hidden_state" }?.tensor }
      let hidden = outputs.filter { $0.name.hasPrefix("hidden_states.") }
      return hidden.dropLast().last?.tensor
    }
    guard let tokens = Self.joined(states), tokens[2] == width else { return nil }
    return tokens
  }

  /// A prompt's pooled text, `[1, P]`; nil when no encoder projects to that width.
  func pooled(_ prompt: Int, width: Int) -> Tensor? {
    encoders.compactMap { prompts -> Tensor? in
      guard !prompts.isEmpty else { return nil }
      return prompts[prompt % prompts.count].first { $0.name == "text_embeds" }?.tensor
    }.last { $0[1] == width }
  }

  /// States side by side: `[1, T, D]` and `[1, T, E]` to `[1, T, D + E]`.
  private static func joined(_ states: [Tensor]) -> Tensor? {
    guard let first = states.first, states.allSatisfy({ $0[1] == first[1] }) else { return nil }
    guard states.count > 1 else { return first }
    let values = states.map { ($0.floats, $0[2]) }
    var joined: [Float] = []
    for token in 0..<first[1] {
      for (floats, width) in values { joined += floats[token * width..<(token + 1) * width] }
    }
    return Tensor([1, first[1], values.reduce(0) { $0 + $1.1 }], joined)
  }
}
