/// What a UNet or ControlNet needs to know beside its weights.
package struct UNetConfiguration: Sendable {
  /// The heads of the attentions of each level, from the one with the most pixels down.
  package let heads: [Int]
  /// The groups of the group norms.
  package let groups: Int
  /// What is added to the variance in the norms of resnets.
  package let epsilon: Float

  /// Reads a `config.json` for a network of so many levels.
  ///
  /// `attention_head_dim` is the number of heads, whatever its name says.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/unets/unet_2d_condition.py
  package init(_ file: NetworkConfiguration, levels: Int) throws {
    heads =
      try file.counts("num_attention_heads", blocks: levels)
      ?? file.counts("attention_head_dim", blocks: levels)
      ?? [Int](repeating: 8, count: levels)
    groups = try file.count("norm_num_groups") ?? 32
    epsilon = try file.number("norm_eps") ?? 1e-5
    try file.require("act_fn", ["silu", "swish"])
  }
}
