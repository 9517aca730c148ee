/// What an autoencoder needs to know beside its weights.
struct VAEConfiguration: Sendable {
  /// The groups of the group norms.
  let groups: Int
  /// What is added to the variance, in every norm.
  let epsilon: Float = 1e-6

  /// Reads a `config.json`.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/autoencoder_kl.py
  init(_ file: NetworkConfiguration) throws {
    groups = try file.count("norm_num_groups") ?? 32
    try file.require("act_fn", ["silu", "swish"])
  }
}
