package import WeftFormats

/// Makes chunks of prompts in one style.
package struct PromptTokenizer: Sendable {
  /// Makes tokens of texts.
  package let tokenizer: CLIPTokenizer
  /// The words that stand for learned vectors.
  package let words: LearnedWords
  /// Whose way of writing prompts is followed.
  package let style: PromptStyle
  /// The number of tokens of a chunk, the start and the end included.
  package let length: Int

  /// Prepares for prompts.
  ///
  /// - Parameters:
  ///   - tokenizer: the text encoders' own.
  ///   - style: whose way of writing prompts is followed.
  ///   - length: the tokens of a chunk, at least 3.
  ///   - words: the words of textual inversions, and how many vectors they have.
  /// - Throws: for words that are none, and for more vectors than a chunk has room for.
  package init(
    _ tokenizer: CLIPTokenizer, style: PromptStyle, length: Int,
    words: [(name: String, count: Int)] = []
  ) throws(PromptError) {
    (self.tokenizer, self.style, self.length) = (tokenizer, style, length)
    self.words = try LearnedWords(words, tokenizer, limit: length - 2)
  }

  /// The chunks of a text without schedules, at least one.
  package func chunks(of text: String) throws(PromptError) -> TokenizedPrompt {
    switch style {
    case .a1111:
      let pieces = try A1111Emphasis.pieces(of: text)
      try refuseInfinite(pieces)
      return TokenizedPrompt(
        chunks: A1111Chunker.chunks(of: pieces, tokenizer, words, length: length), notes: [])
    case .comfyui:
      let pieces = try ComfyEmphasis.pieces(of: text)
      try refuseInfinite(pieces)
      let (chunks, unknown) = ComfyChunker.chunks(of: pieces, tokenizer, words, length: length)
      return TokenizedPrompt(
        chunks: chunks,
        notes: unknown.map { "there is no embedding '\($0)', so that the prompt is taken without" })
    case .plain:
      let (chunk, cut) = PlainChunker.chunk(of: text, tokenizer, words, length: length)
      return TokenizedPrompt(chunks: [chunk], notes: cut.isEmpty ? [] : [note(ofCut: cut)])
    }
  }

  /// The tokens of a chunk as an encoder gets them, which may fill the rest in its own way.
  package func ids(of chunk: PromptChunk, for encoder: TextRules.Encoder) -> [Int] {
    let known = tokenizer.vocabularySize
    return chunk.ids(fill: tokenizer.fill(encoder), learnedFrom: known, known: known)
  }

  /// The chunk of no text.
  var empty: PromptChunk { PromptChunk([], tokenizer, length: length) }

  /// The text that some tokens stand for.
  package func text(of ids: some Sequence<Int>) -> String {
    ids.map { id in
      let endsWord = tokenizer.merges.spelling(of: id)?.endsWord ?? true
      return piece(of: id) + (endsWord ? " " : "")
    }.joined()
  }

  /// What a token stands for: text, or a learned word with the number of its vector.
  package func piece(of id: Int) -> String {
    if let (word, vector) = words.place(of: id) { return "\(word)#\(vector)" }
    return tokenizer.text(of: id) ?? ""
  }

  private func note(ofCut ids: [Int]) -> String {
    let shown = text(of: ids.prefix(40))
    return
      "the prompt has \(ids.count) tokens more than the \(length - 2) that are taken; cut off: "
      + "'\(shown)'" + (ids.count > 40 ? " and more" : "")
  }

  private func refuseInfinite(_ pieces: [PromptPiece]) throws(PromptError) {
    for case .text(let text, let weight) in pieces where !Float(weight).isFinite {
      throw PromptError(
        "the weight \(weight) is too large", at: String(text.prefix(60)),
        advice: "use weights of about 0.1 to 2")
    }
  }
}

/// A prompt without schedules as chunks.
package struct TokenizedPrompt: Sendable {
  /// The chunks, at least one.
  package let chunks: [PromptChunk]
  /// What was left out, in sentences for people.
  package let notes: [String]
}
