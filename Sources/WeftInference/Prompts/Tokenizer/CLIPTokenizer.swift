package import WeftFormats

/// CLIP's tokenizer as Hugging Face has it, for every text encoder of Stable Diffusion.
///
/// A text becomes composed and small, then words, then bytes, which are merged. The names of the special tokens stand for
/// them where they are written exactly. No text is refused.
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/clip/tokenization_clip.py
package struct CLIPTokenizer: Sendable {
  /// Which bytes become which tokens.
  package let merges: BytePairMerges
  /// The token before a text.
  package let start: Int
  /// The token after a text.
  package let end: Int
  /// A comma that ends a word, where long prompts are cut.
  let comma: Int

  static let startText = "<|startoftext|>"
  static let endText = "<|endoftext|>"

  /// Makes the tokenizer of the vocabulary that the library calls `clip`.
  package init(_ library: FormatLibrary) throws(FormatError) {
    merges = try BytePairMerges(try library.vocabularySource("clip"))
    (start, end) = (merges.count, merges.count + 1)
    comma = Int(merges.byteIDs[Int(UInt8(ascii: ","))] + BytePairMerges.endOffset)
  }

  /// The number of all tokens.
  package var vocabularySize: Int { end + 1 }

  /// The tokens of a text, without those before and after it.
  package func callAsFunction(_ text: String) -> [Int] { self(text, nil) }

  /// The tokens of a text in which learned words stand for their vectors, wherever their letters are.
  func callAsFunction(_ text: String, _ learned: LearnedWords?) -> [Int] {
    var tokens: [Int] = []
    var merger = WordMerger(merges)
    for part in Self.parts(of: text) {
      switch part {
      case .start: tokens.append(start)
      case .end: tokens.append(end)
      case .text(let text):
        let text = TextNormalizer.normalized(text)
        var from = 0
        for (place, word) in Self.found(learned, in: text) {
          merger.append(Array(text[from..<place]), to: &tokens)
          tokens += word.ids
          from = place + word.normalized.count
        }
        merger.append(from == 0 ? text : Array(text[from...]), to: &tokens)
      }
    }
    return tokens
  }

  /// The learned words that are written in a normalised text, from left to right.
  private static func found(
    _ learned: LearnedWords?, in text: [Unicode.Scalar]
  ) -> [(place: Int, word: LearnedWords.Word)] {
    guard let learned, !learned.words.isEmpty else { return [] }
    var found: [(place: Int, word: LearnedWords.Word)] = []
    var place = 0
    while place < text.count {
      let word = learned.word(in: text, at: place)
      if let word { found.append((place, word)) }
      place += word?.normalized.count ?? 1
    }
    return found
  }

  /// The tokens of a text with those before and after it, so many with what fills the rest; what is too long is cut off.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - length: at least 2.
  ///   - padding: what comes after the end.
  /// - Returns: exactly `length` tokens.
  package func padded(_ text: String, to length: Int, with padding: Int) -> [Int] {
    let tokens = [start] + self(text).prefix(length - 2) + [end]
    return tokens + Array(repeating: padding, count: length - tokens.count)
  }

  /// The token with which an encoder's texts are filled up: a special one, or a single character inside a word.
  func fill(_ encoder: TextRules.Encoder) -> Int {
    let byte = encoder.padding.utf8.count == 1 ? encoder.padding.utf8.first : nil
    return byte.map { Int(merges.byteIDs[Int($0)]) } ?? end
  }

  /// What a token stands for: text, `<|startoftext|>` or `<|endoftext|>`; bytes that are no whole character are shown as
  /// `\xNN`.
  package func text(of id: Int) -> String? {
    if id == start { return Self.startText }
    if id == end { return Self.endText }
    guard let bytes = merges.spelling(of: id)?.bytes else { return nil }
    return String(validating: bytes, as: UTF8.self)
      ?? bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension CLIPTokenizer {
  private enum Part {
    case start, end
    case text(Substring)
  }

  /// A text cut where special tokens are written.
  private static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    let bytes = text.utf8
    var (from, place) = (text.startIndex, text.startIndex)
    while let sign = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      let rest = bytes[sign...]
      let special: (part: Part, name: String)? =
        rest.starts(with: startText.utf8)
        ? (.start, startText) : rest.starts(with: endText.utf8) ? (.end, endText) : nil
      guard let special else {
        place = bytes.index(after: sign)
        continue
      }
      parts.append(.text(text[from..<sign]))
      parts.append(special.part)
      place = bytes.index(sign, offsetBy: special.name.utf8.count)
      from = place
    }
    return parts + [.text(text[from...])]
  }
}
