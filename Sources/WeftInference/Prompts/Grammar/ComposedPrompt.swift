/// The prompts that are joined with `AND`, each with the weight that is written behind it: `a cat :1.2 AND a dog`.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/prompt_parser.py
package struct ComposedPrompt: Sendable {
  /// One of the prompts.
  package struct Part: Sendable, Equatable {
    /// The text without the weight.
    package let text: String
    /// How much it counts: 1 is usual.
    package let weight: Double
  }

  /// The prompts in their order; at least one.
  package let parts: [Part]

  /// Cuts a prompt where `AND` is a word.
  package init(_ prompt: String) {
    let text = Array(prompt.unicodeScalars)
    let word = Array("AND".unicodeScalars)
    var parts: [Part] = []
    var (start, place) = (0, 0)
    while place + word.count <= text.count {
      let end = place + word.count
      let isWord =
        text[place] == word[0] && text[place..<end].elementsEqual(word)
        && (place == 0 || !text[place - 1].isWordPart)
        && (end == text.count || !text[end].isWordPart)
      if isWord {
        parts.append(Part(text[start..<place]))
        start = end
      }
      place = isWord ? end : place + 1
    }
    self.parts = parts + [Part(text[start...])]
  }
}

extension ComposedPrompt.Part {
  fileprivate init(_ text: ArraySlice<Unicode.Scalar>) {
    let text = text.withoutEndingSpaces
    if let colon = text.lastIndex(of: ":"),
      let weight = Self.weight(text[(colon + 1)...].drop { CharacterClass($0) == .space })
    {
      self.init(text: String(scalars: text[..<colon].withoutEndingSpaces), weight: weight)
    } else {
      self.init(text: String(scalars: text), weight: 1)
    }
  }

  private static func weight(_ text: ArraySlice<Unicode.Scalar>) -> Double? {
    let digits = text.first == "+" || text.first == "-" ? text.dropFirst() : text
    guard digits.allSatisfy({ $0 == "." || ("0"..."9").contains($0) }) else { return nil }
    return Double(weight: text)
  }
}

extension ArraySlice<Unicode.Scalar> {
  fileprivate var withoutEndingSpaces: ArraySlice {
    self[..<((lastIndex { CharacterClass($0) != .space }).map { $0 + 1 } ?? startIndex)]
  }
}
