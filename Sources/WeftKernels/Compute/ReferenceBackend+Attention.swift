import CKernels
import WeftTensors

extension ReferenceBackend {
  /// The most elements of a block of scores, and the most queries of it: their memory is used again while it is in the
  /// cache.
  private static let block = (scores: 1 << 20, queries: 256)

  /// Attention by blocks of queries, whose scores with all tokens are in memory at one time.
  package func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) throws -> Tensor {
    precondition(query.shape.rank == 3 && key.shape == value.shape && query[0] == key[0])
    let (queries, tokens, channels) = (query[1], key[1], query[2])
    precondition(key[2] == channels && channels % options.heads == 0 && tokens > 0)
    let size = channels / options.heads
    let result = pool.tensor(query.shape)
    let block = max(1, min(queries, Self.block.queries, Self.block.scores / tokens))
    let blocks = (queries + block - 1) / block
    let items = query[0] * options.heads * blocks
    let scratch = scratch(block * tokens + block, items: items)
    try Parallel.run(threads: threads, count: items) { [kernels] worker, item in
      let (head, first) = (item / blocks % options.heads, item % blocks * block)
      let picture = item / blocks / options.heads
      var call = weft_attention()
      let place = head * size
      call.query = UnsafePointer(query.start(at: picture * queries * channels + place))
      call.key = UnsafePointer(key.start(at: picture * tokens * channels + place))
      call.value = UnsafePointer(value.start(at: picture * tokens * channels + place))
      call.target = result.start(at: picture * queries * channels + place)
      (call.channels, call.stride, call.tokens) = (size, channels, tokens)
      (call.first, call.rows) = (first, min(block, queries - first))
      call.scale = options.scale ?? 1 / Float(size).squareRoot()
      call.is_causal = options.isCausal
      // In bounds: the head and the queries lie within the shapes that were compared above.
      withExtendedLifetime((query, key, value, scratch)) {
        weft_attend(kernels.table, &call, scratch[worker].start)
      }
    }
    return result
  }

  /// The exponentials of each row over their sum.
  package func softmax(_ x: consuming Tensor) throws -> Tensor {
    let columns = x.shape.dimensions.last ?? 1
    precondition(columns > 0)
    let target = room(for: &x)
    let source = x
    try inParts(of: x.elementCount / columns, size: max(1, (16 << 10) / columns)) {
      [kernels] rows in
      for row in rows {
        guard let start = target.start(at: row * columns),
          let values = source.start(at: row * columns)
        else { continue }
        // In bounds: both tensors have rows of `columns` elements.
        if start != values { start.update(from: values, count: columns) }
        kernels.table.pointee.scale(
          start, kernels.table.pointee.exponentials(start, columns), columns, start)
      }
    }
    return target
  }
}
