/// Emphasis as the web UI of AUTOMATIC1111 reads it.
///
/// `(a)` counts 1.1 times as much, `[a]` 1.1 times less, `(a:1.3)` as said; brackets in brackets multiply, open ones go to
/// the end, and a backslash makes the next character plain. `BREAK` ends a chunk.
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/prompt_parser.py
package struct A1111Emphasis {
  private struct Entry {
    var text: [Unicode.Scalar]
    var weight = 1.0
    var isBreak = false
  }

  private let text: [Unicode.Scalar]
  private var place = 0
  private var entries: [Entry] = []
  /// The number of entries where each bracket that is open was opened.
  private var rounds: [Int] = []
  private var squares: [Int] = []

  private static let step = 1.1

  /// The pieces of a prompt, of which neighbours differ in their weight; at least one.
  ///
  /// - Throws: for brackets that are open too deep: weights would become infinite.
  package static func pieces(of prompt: String) throws(PromptError) -> [PromptPiece] {
    var parser = A1111Emphasis(text: Array(prompt.unicodeScalars))
    while parser.place < parser.text.count { try parser.readOne() }
    for start in parser.rounds { parser.multiply(from: start, by: step) }
    for start in parser.squares { parser.multiply(from: start, by: 1 / step) }
    return parser.joined()
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  private mutating func readOne() throws(PromptError) {
    switch text[place] {
    case "\\": readEscape()
    case "(": try open(\.rounds)
    case "[": try open(\.squares)
    case ":":
      guard let start = rounds.last, let (weight, end) = weight() else { return append(1) }
      rounds.removeLast()
      multiply(from: start, by: weight)
      place = end
    case ")": close(\.rounds, by: Self.step)
    case "]": close(\.squares, by: 1 / Self.step)
    default:
      let end = text[place...].firstIndex { "\\()[]:".unicodeScalars.contains($0) } ?? text.count
      readText(text[place..<end])
      place = end
    }
  }

  /// A backslash goes, and what is special after it becomes text.
  private mutating func readEscape() {
    let isSpecial = place + 1 < text.count && "()[]\\".unicodeScalars.contains(text[place + 1])
    place += 1
    append(isSpecial ? 1 : 0)
  }

  private mutating func append(_ count: Int) {
    entries.append(Entry(text: Array(text[place..<place + count])))
    place += count
  }

  /// The brackets of one kind that are open.
  private typealias Brackets = WritableKeyPath<A1111Emphasis, [Int]>

  private mutating func open(_ brackets: Brackets) throws(PromptError) {
    guard self[keyPath: brackets].count < PromptPiece.maximumDepth else {
      throw .nesting(PromptPiece.maximumDepth)
    }
    self[keyPath: brackets].append(entries.count)
    place += 1
  }

  private mutating func close(_ brackets: Brackets, by factor: Double) {
    guard let start = self[keyPath: brackets].popLast() else { return append(1) }
    multiply(from: start, by: factor)
    place += 1
  }

  private mutating func multiply(from start: Int, by factor: Double) {
    for index in entries.indices.dropFirst(start) { entries[index].weight *= factor }
  }

  /// The number between a colon and a round bracket, and where the bracket ends; nil when there is none.
  private func weight() -> (Double, end: Int)? {
    var end = place + 1
    func skip(_ isPart: (Unicode.Scalar) -> Bool) {
      while end < text.count, isPart(text[end]) { end += 1 }
    }
    skip { CharacterClass($0) == .space }
    let start = end
    if end < text.count, text[end] == "+" || text[end] == "-" { end += 1 }
    skip { $0 == "." || ("0"..."9").contains($0) }
    let number = text[start..<end]
    skip { CharacterClass($0) == .space }
    guard end < text.count, text[end] == ")", let weight = Double(weight: number) else {
      return nil
    }
    return (weight, end + 1)
  }
}

extension A1111Emphasis {
  private static let breakWord = Array("BREAK".unicodeScalars)

  /// Adds text, cut where `BREAK` is a word; the spaces around that go.
  private mutating func readText(_ part: ArraySlice<Unicode.Scalar>) {
    var rest = part
    var searched = part
    while let found = searched.firstIndex(of: "B") {
      let end = found + Self.breakWord.count
      guard searched[found...].starts(with: Self.breakWord),
        found == part.startIndex || !text[found - 1].isWordPart,
        end == part.endIndex || !text[end].isWordPart
      else {
        searched = searched[(found + 1)...]
        continue
      }
      var before = rest[..<found]
      while let last = before.last, CharacterClass(last) == .space { before.removeLast() }
      entries += [Entry(text: Array(before)), Entry(text: [], isBreak: true)]
      rest = rest[end...].drop { CharacterClass($0) == .space }
      searched = rest
    }
    entries.append(Entry(text: Array(rest)))
  }

  /// The pieces with neighbours of one weight joined.
  private func joined() -> [PromptPiece] {
    var pieces: [PromptPiece] = []
    var (open, weight): ([Unicode.Scalar]?, Double) = (nil, 1)
    func piece() -> [PromptPiece] {
      open.map { [.text(String(scalars: $0), weight: weight)] } ?? []
    }
    for entry in entries {
      if !entry.isBreak, open != nil, weight == entry.weight {
        open?.append(contentsOf: entry.text)
        continue
      }
      pieces += piece()
      if entry.isBreak {
        pieces.append(.chunkEnd)
        open = nil
      } else {
        (open, weight) = (entry.text, entry.weight)
      }
    }
    pieces += piece()
    return pieces.isEmpty ? [.text("", weight: 1)] : pieces
  }
}

extension Unicode.Scalar {
  /// Whether the character is a part of a word as regular expressions know them.
  var isWordPart: Bool {
    switch CharacterClass(self) {
    case .letter, .number: true
    case .space, .other: self == "_"
    }
  }
}
