import WeftKernels

/// What an encoder of CLIP needs to know beside its weights.
package struct CLIPConfiguration: Sendable {
  /// The heads of every attention.
  let heads: Int
  /// The function between the two layers after an attention.
  let activation: Activation
  /// What is added to the variance in the norms.
  let epsilon: Float
  /// The layers that are run; nil for all that are there.
  let layerCount: Int?

  /// Reads a `config.json`; `heads` is what transformers takes when the file does not say.
  /// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/configuration_clip.py
  init(_ file: NetworkConfiguration, heads: Int) throws {
    self.heads = try file.count("num_attention_heads") ?? heads
    epsilon = try file.number("layer_norm_eps") ?? 1e-5
    layerCount = try file.count("num_hidden_layers")
    try file.require("hidden_act", Activation.allCases.map(\.rawValue))
    activation = try file.text("hidden_act").flatMap(Activation.init) ?? .quickGELU
  }
}
