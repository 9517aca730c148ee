/// Cuts a prompt in chunks as ComfyUI does: words that are not long stay whole, and `embedding:NAME` is a learned word.
///
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.40/comfy/sd1_clip.py
struct ComfyChunker {
  private let tokenizer: CLIPTokenizer
  private let words: LearnedWords
  private let length: Int
  private var chunks: [PromptChunk] = []
  private var tokens: [WeightedToken] = []
  private var unknown: [String] = []

  private static let mark = "embedding:"
  /// A word of so many tokens may be cut.
  private static let longWord = 8
  private var room: Int { length - 2 }

  /// The chunks of pieces, at least one, and the names of embeddings that are not there.
  static func chunks(
    of pieces: [PromptPiece], _ tokenizer: CLIPTokenizer, _ words: LearnedWords, length: Int
  ) -> (chunks: [PromptChunk], unknown: [String]) {
    var chunker = ComfyChunker(tokenizer: tokenizer, words: words, length: length)
    for case .text(let text, let weight) in pieces {
      let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\n" }
      for word in text.unicodeScalars.split(whereSeparator: isSpace) {
        chunker.read(String(word), weight)
      }
    }
    chunker.finish()
    return (chunker.chunks, chunker.unknown)
  }

  private init(tokenizer: CLIPTokenizer, words: LearnedWords, length: Int) {
    (self.tokenizer, self.words, self.length) = (tokenizer, words, length)
  }

  /// A word that is an embedding's or text; commas after an embedding's name are text.
  private mutating func read(_ word: String, _ weight: Double) {
    guard word.hasPrefix(Self.mark) else { return add(tokenizer(word), weight) }
    let name = word.dropFirst(Self.mark.count)
    let bare = name.drop { $0 == "," }.reversed().drop { $0 == "," }.reversed()
    if let learned = words.word(named: name) { return add(Array(learned.ids), weight) }
    if let learned = words.word(named: String(bare)) {
      add(Array(learned.ids), weight)
    } else {
      unknown.append(String(bare))
    }
    add(tokenizer(String(name.drop { $0 == "," }.dropFirst(bare.count))), weight)
  }

  private mutating func add(_ ids: [Int], _ weight: Double) {
    var rest = ids.map { WeightedToken(id: $0, weight: weight) }[...]
    let isLong = rest.count >= Self.longWord
    while tokens.count + rest.count > room {
      if isLong {
        let part = rest.prefix(room - tokens.count)
        tokens += part
        rest = rest.dropFirst(part.count)
      }
      finish()
    }
    tokens += rest
  }

  private mutating func finish() {
    chunks.append(PromptChunk(tokens, tokenizer, length: length))
    tokens = []
  }
}
