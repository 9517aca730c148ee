import WeftTensors

/// What a UNet or ControlNet needs to know beside its weights.
package struct UNetConfiguration: Sendable {
  /// The heads of the attentions of each level, from the one with the most pixels down.
  package let heads: [Int]
  /// The groups of the group norms.
  package let groups: Int
  /// What is added to the variance in the norms of resnets.
  package let epsilon: Float

  /// The choices of diffusers' UNets that all of Stable Diffusion has made in the same way.
  private static let known: KeyValuePairs<String, JSONValue> = [
    "flip_sin_to_cos": .bool(true), "freq_shift": .integer(0), "only_cross_attention": .bool(false),
    "dual_cross_attention": .bool(false), "resnet_time_scale_shift": .string("default"),
    "center_input_sample": .bool(false), "downsample_padding": .integer(1),
    "mid_block_scale_factor": .integer(1), "time_embedding_type": .string("positional"),
    "attention_type": .string("default"), "conv_in_kernel": .integer(3),
    "conv_out_kernel": .integer(3), "resnet_skip_time_act": .bool(false),
    "resnet_out_scale_factor": .number(1), "class_embed_type": .null, "num_class_embeds": .null,
    "time_cond_proj_dim": .null, "cross_attention_norm": .null, "encoder_hid_dim": .null,
  ]

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
    try file.require(Self.known)
  }
}
