import WeftTensors

// Temporary: replaced operation by operation.
extension FastBackend {
  package func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) throws -> Tensor {
    try own(fallback.attention(plain(query), plain(key), plain(value), options))
  }
}
