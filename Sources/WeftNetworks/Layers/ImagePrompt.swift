package import WeftKernels

/// A picture that guides a UNet beside the text, as an IP-Adapter gives it.
package struct ImagePrompt: Sendable {
  /// The picture's tokens, `[N, k, D]`.
  package let tokens: Tensor
  /// How strongly it guides.
  package let scale: Float
  /// The layers that look at it, by the path of the attention that they belong to.
  package let layers: [String: ImageAttention]

  /// Makes a prompt.
  package init(tokens: Tensor, scale: Float, layers: [String: ImageAttention]) {
    (self.tokens, self.scale, self.layers) = (tokens, scale, layers)
  }
}

/// The keys and values of a picture's tokens, for the queries of one of the UNet's attentions.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/attention_processor.py
package struct ImageAttention: Sendable {
  private let toKey, toValue: LinearLayer

  /// Loads `to_k_ip` and `to_v_ip`.
  package init(_ loader: ModuleLoader) throws {
    toKey = try LinearLayer(loader["to_k_ip"])
    toValue = try LinearLayer(loader["to_v_ip"])
  }

  /// What queries `[N, T, C]` see in tokens `[N, k, D]`: `[N, T, C]`.
  func callAsFunction(
    _ query: Tensor, _ tokens: Tensor, _ options: AttentionOptions, _ pass: Pass
  ) throws -> Tensor {
    let key = try toKey(tokens, pass)  // [N, k, C]
    let value = try toValue(tokens, pass)  // [N, k, C]
    guard key[2] == query[2], value[2] == query[2], tokens[0] == query[0] else {
      throw NetworkError.input(
        "the image prompt is \(tokens.shape) with keys of \(key[2]) channels, but the layer has "
          + "\(query[2]) for \(query[0]) pictures",
        advice: "use an IP-Adapter of this architecture, and one prompt a picture")
    }
    return try pass.backend.attention(query, key, value, options)
  }
}
