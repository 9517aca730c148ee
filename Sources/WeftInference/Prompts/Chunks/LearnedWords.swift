/// The words of textual inversions, which stand for vectors instead of tokens.
///
/// The vectors of all words have ids one after the other, from `firstID` on.
package struct LearnedWords: Sendable {
  /// A word and its vectors.
  package struct Word: Sendable {
    /// The word as it is written in prompts.
    package let name: String
    /// The ids of its vectors.
    let ids: Range<Int>
    /// The tokens that it would be.
    let tokens: [Int]
    /// The code points that it is in a normalised text.
    let normalized: [Unicode.Scalar]
  }

  /// The words in the order in which they were given.
  package let words: [Word]
  /// The places in `words` of those that begin with a token, the longest first.
  private let byToken: [Int: [Int]]
  private let byScalar: [Unicode.Scalar: [Int]]

  /// Numbers the vectors of words.
  ///
  /// - Parameters:
  ///   - counts: each word with the number of its vectors.
  ///   - tokenizer: tells what a word would be as text.
  ///   - limit: the most tokens of a chunk.
  /// - Throws: for a word without letters, and for more vectors than a chunk has room for.
  package init(
    _ counts: [(name: String, count: Int)], _ tokenizer: CLIPTokenizer, limit: Int
  ) throws(PromptError) {
    var words: [Word] = []
    var next = tokenizer.vocabularySize
    for (name, count) in counts {
      let tokens = tokenizer(name)
      guard !tokens.isEmpty, !words.contains(where: { $0.name == name }) else {
        throw PromptError(
          tokens.isEmpty ? "an embedding has no word" : "two embeddings have the same word",
          at: name, advice: "rename its file")
      }
      guard (1...limit).contains(count) else {
        throw PromptError(
          "an embedding has \(count) vectors, but there is room for 1 to \(limit)", at: name,
          advice: "use one with fewer vectors")
      }
      words.append(
        Word(
          name: name, ids: next..<next + count, tokens: tokens,
          normalized: TextNormalizer.normalized(name)))
      next += count
    }
    self.words = words
    byToken = Self.places(words) { $0.tokens }
    byScalar = Self.places(words) { $0.normalized }
  }

  private static func places<Key: Hashable>(
    _ words: [Word], _ spelling: (Word) -> [Key]
  ) -> [Key: [Int]] {
    let places = Dictionary(grouping: words.indices) { spelling(words[$0])[0] }
    return places.mapValues {
      $0.sorted { (spelling(words[$1]).count, $0) < (spelling(words[$0]).count, $1) }
    }
  }

  /// The longest word that is written in tokens from a place on.
  func word(in tokens: [Int], at place: Int) -> Word? {
    byToken[tokens[place]]?.lazy.map { words[$0] }
      .first { tokens[place...].starts(with: $0.tokens) }
  }

  /// The longest word that is written in a normalised text from a place on.
  func word(in text: [Unicode.Scalar], at place: Int) -> Word? {
    byScalar[text[place]]?.lazy.map { words[$0] }
      .first { text[place...].starts(with: $0.normalized) }
  }

  /// The word of a name.
  func word(named name: some StringProtocol) -> Word? { words.first { $0.name == name } }

  /// What a vector's id stands for: the word, and the number of the vector from 1 on.
  package func place(of id: Int) -> (word: String, vector: Int)? {
    words.first { $0.ids.contains(id) }.map { ($0.name, id - $0.ids.lowerBound + 1) }
  }
}
