/// Cuts a normalised text in words: letters, single digits, signs, and the endings of English contractions.
///
/// Source: https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/convert_slow_tokenizer.py
struct WordSplitter {
  private let text: [Unicode.Scalar]
  private var place = 0
  /// Where the words end that were found and not given yet, the first one last.
  private var ends: [Int] = []

  /// Takes a text that `TextNormalizer` made.
  init(_ text: [Unicode.Scalar]) { self.text = text }

  /// The next word, or nil at the end.
  mutating func next() -> ArraySlice<Unicode.Scalar>? {
    if ends.isEmpty {
      while place < text.count, CharacterClass(text[place]) == .space { place += 1 }
      guard place < text.count else { return nil }
      find()
    }
    let end = ends.removeLast()
    defer { place = end }
    return text[place..<end]
  }

  /// Finds the ends of what begins at the place: one word, or the three of a special token that was not written exactly.
  private mutating func find() {
    switch text[place] {
    case "'":
      if let length = length(of: Self.endings) { return ends.append(place + length) }
    case "<":
      if let length = length(of: Self.specials) {
        return ends += [place + length, place + length - 2, place + 2]
      }
    default: break
    }
    let kind = CharacterClass(text[place])
    var end = place + 1
    while kind != .number, end < text.count, CharacterClass(text[end]) == kind { end += 1 }
    ends.append(end)
  }

  /// The length of the one of some words that begins at the place.
  private func length(of words: [[Unicode.Scalar]]) -> Int? {
    words.first { text[place...].starts(with: $0) }?.count
  }

  private static let endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map(scalars)
  private static let specials = [CLIPTokenizer.startText, CLIPTokenizer.endText].map(scalars)

  private static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
}
