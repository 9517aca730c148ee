import CKernels
import WeftTensors

extension FastBackend {
  /// Attention that never holds the scores: blocks of keys pass by the queries.
  ///
  /// Source: https://arxiv.org/abs/1805.02867, https://arxiv.org/abs/2205.14135
  package func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) throws -> Tensor {
    precondition(query.shape.rank == 3 && key.shape == value.shape && query[0] == key[0])
    precondition(key[2] == query[2] && query[2] % options.heads == 0 && key[1] > 0)
    let (query, key, value) = (try own(query), try own(key), try own(value))
    let result = room(query.shape)  // [N, T, C]
    var heads = weft_heads(sizes: query, key, options)
    (heads.query, heads.key) = (UnsafeRawPointer(query.bytes), UnsafeRawPointer(key.bytes))
    (heads.value, heads.target) = (UnsafeRawPointer(value.bytes), result.bytes)
    let items = weft_attention_items(set.raw, &heads)
    let scratch = (0..<max(1, min(threads, items))).map { _ in
      pool.tensor([weft_attention_scratch(set.raw, &heads) / Tensor.elementByteCount])
    }
    nonisolated(unsafe) let call = heads  // read alone, by all threads
    // In bounds: the heads have the sizes of the tensors, and each worker has its own memory, as much as it needs.
    try withExtendedLifetime((query, key, value, result, scratch)) {
      try each(items) { [set] worker, item in
        withUnsafePointer(to: call) {
          weft_attend_item(set.raw, $0, item, scratch[worker].bytes)
        }
      }
    }
    return result
  }
}

extension weft_heads {
  /// The sizes of attention whose heads lie side by side: `[N, T, C]` and `[N, S, C]`.
  fileprivate init(sizes query: Tensor, _ key: Tensor, _ options: AttentionOptions) {
    self.init()
    element = query.element.raw
    (pictures, queries, keys) = (query[0], query[1], key[1])
    (self.heads, channels) = (options.heads, query[2] / options.heads)
    let stride = query[2]
    strides = weft_token_strides(query: stride, key: stride, value: stride, target: stride)
    scale = options.scale ?? 1 / Float(channels).squareRoot()
    is_causal = options.isCausal
  }
}
