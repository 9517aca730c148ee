import WeftKernels
import WeftTensors

/// The states of chunks that follow one another, before they become a tensor.
struct PromptContext: Sendable {
  /// The tokens' states, `[T · chunks, D]` row after row.
  let tokens: [Float]
  /// The pooled text, `[P]`.
  let pooled: [Float]?
  /// The number of chunks.
  let chunkCount: Int
  /// The features of a token.
  let width: Int

  init(tokens: [Float], pooled: [Float]?, chunkCount: Int = 1, width: Int) {
    (self.tokens, self.pooled) = (tokens, pooled)
    (self.chunkCount, self.width) = (chunkCount, width)
  }

  /// Puts contexts one after the other, at least one; the pooled text is that of the first.
  init(joining parts: [PromptContext]) {
    self.init(
      tokens: parts.flatMap(\.tokens), pooled: parts.first?.pooled,
      chunkCount: parts.reduce(0) { $0 + $1.chunkCount }, width: parts.first?.width ?? 1)
  }

  /// The context with as many chunks as others have.
  ///
  /// Where the number is a multiple, all is repeated: attention to every token twice is attention to it once. Otherwise the
  /// rest is the empty prompt.
  func extended(to count: Int, with empty: PromptContext) -> PromptContext {
    let times = count / chunkCount
    let parts =
      count % chunkCount == 0
      ? Array(repeating: self, count: times)
      : [self] + Array(repeating: empty, count: count - chunkCount)
    return parts.count == 1 ? self : PromptContext(joining: parts)
  }

  /// What a UNet takes: `[1, T · chunks, D]` and `[1, P]`.
  var conditioning: TextConditioning {
    TextConditioning(
      context: Tensor([1, tokens.count / width, width], tokens),  // [1, T · chunks, D]
      pooled: pooled.map { Tensor([1, $0.count], $0) })  // [1, P]
  }
}

extension [Int] {
  /// The number of chunks that contexts of these numbers of chunks are brought to: their least common multiple, or the
  /// largest where that would be more than four times as many.
  var commonLength: Int {
    let largest = self.max() ?? 1
    return (1...4).map { $0 * largest }.first { length in allSatisfy { length % $0 == 0 } }
      ?? largest
  }
}
