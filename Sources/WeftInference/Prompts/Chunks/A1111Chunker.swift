/// Cuts a prompt in chunks as the web UI does: a chunk that is full ends after its last comma when that is near.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/sd_hijack_clip.py
struct A1111Chunker {
  private let tokenizer: CLIPTokenizer
  private let words: LearnedWords
  private let length: Int
  private var chunks: [PromptChunk] = []
  private var tokens: [WeightedToken] = []
  private var lastComma: Int?

  /// How many tokens back a comma may be.
  private static let backtrack = 20
  /// The most tokens of the prompt in a chunk.
  private var room: Int { length - 2 }

  /// The chunks of pieces, at least one, each with so many tokens.
  static func chunks(
    of pieces: [PromptPiece], _ tokenizer: CLIPTokenizer, _ words: LearnedWords, length: Int
  ) -> [PromptChunk] {
    var chunker = A1111Chunker(tokenizer: tokenizer, words: words, length: length)
    for piece in pieces {
      switch piece {
      case .chunkEnd: chunker.finish()
      case .text(let text, let weight): chunker.add(tokenizer(text), weight: weight)
      }
    }
    if !chunker.tokens.isEmpty || chunker.chunks.isEmpty { chunker.finish() }
    return chunker.chunks
  }

  private init(tokenizer: CLIPTokenizer, words: LearnedWords, length: Int) {
    (self.tokenizer, self.words, self.length) = (tokenizer, words, length)
  }

  private mutating func add(_ ids: [Int], weight: Double) {
    var place = 0
    while place < ids.count {
      if ids[place] == tokenizer.comma {
        lastComma = tokens.count
      } else if tokens.count == room, let comma = lastComma,
        tokens.count - comma <= Self.backtrack
      {
        let moved = Array(tokens[(comma + 1)...])
        tokens.removeSubrange((comma + 1)...)
        finish()
        tokens = moved
      }
      if tokens.count == room { finish() }
      if let word = words.word(in: ids, at: place) {
        if tokens.count + word.ids.count > room { finish() }
        tokens += word.ids.map { WeightedToken(id: $0, weight: weight) }
        place += word.tokens.count
      } else {
        tokens.append(WeightedToken(id: ids[place], weight: weight))
        place += 1
      }
    }
  }

  private mutating func finish() {
    chunks.append(PromptChunk(tokens, tokenizer, length: length, fillsFromFirstEnd: true))
    tokens = []
    lastComma = nil
  }
}
