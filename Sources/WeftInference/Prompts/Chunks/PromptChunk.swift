/// As many tokens as a text encoder takes at once: the start, a part of a prompt, the end, and what fills the rest.
package struct PromptChunk: Sendable, Hashable {
  /// The tokens, of which those after the vocabulary are learned vectors; what fills the rest is the end, too.
  package let ids: [Int]
  /// How much each token counts.
  package let weights: [Double]
  /// The number of tokens of the prompt itself.
  package let tokenCount: Int
  /// From where on the tokens are those that fill the rest.
  let fillStart: Int

  /// Makes a chunk.
  ///
  /// - Parameters:
  ///   - tokens: the prompt's tokens, at most two fewer than `length`.
  ///   - tokenizer: knows the start and the end.
  ///   - length: the number of all tokens.
  ///   - fillsFromFirstEnd: whether what comes after an end that the prompt itself has is taken for filling.
  init(
    _ tokens: [WeightedToken], _ tokenizer: CLIPTokenizer, length: Int,
    fillsFromFirstEnd: Bool = false
  ) {
    let rest = length - 1 - tokens.count
    ids = [tokenizer.start] + tokens.map(\.id) + Array(repeating: tokenizer.end, count: rest)
    weights = [1] + tokens.map(\.weight) + Array(repeating: 1, count: rest)
    tokenCount = tokens.count
    let ownEnd = fillsFromFirstEnd ? ids.firstIndex(of: tokenizer.end) : nil
    fillStart = (ownEnd ?? tokens.count + 1) + 1
  }

  /// The tokens for an encoder that was trained with another filling, and whose vocabulary may have another size.
  func ids(fill: Int, learnedFrom first: Int, known: Int) -> [Int] {
    // The last token is the end, with which the rest is filled already.
    let fillStart = fill == ids.last ? ids.count : fillStart
    return ids.enumerated().map { place, id in
      if place >= fillStart { return fill }
      return id >= known ? id - known + first : id
    }
  }

  /// Whether all tokens count as usual.
  var isPlain: Bool { weights.allSatisfy { $0 == 1 } }
}

/// A token and how much it counts.
struct WeightedToken: Sendable, Hashable {
  let id: Int
  let weight: Double
}
