/// A main number of a page, with what it is.
struct Tile {
  /// How a number is to be taken.
  enum Tone: String {
    case plain = ""
    case good = "ok"
    case bad = "fail"
  }

  private let value: String
  private let words: String
  private let tone: Tone
  private let isName: Bool

  /// Makes a tile of plain text; names are set smaller than numbers, since they are longer.
  init(_ value: String, _ words: String, tone: Tone = .plain, isName: Bool = false) {
    (self.value, self.words, self.tone, self.isName) = (value, words, tone, isName)
  }

  private var html: String {
    let classes = ["tile", tone.rawValue, isName ? "named" : ""].filter { !$0.isEmpty }
    return "<div class=\"\(classes.joined(separator: " "))\"><b>\(HTMLText.escaped(value))</b>"
      + "<span>\(HTMLText.escaped(words))</span></div>"
  }

  /// Tiles side by side.
  static func html(_ tiles: [Tile]) -> String {
    "<div class=\"tiles\">\(tiles.map(\.html).joined(separator: "\n"))</div>"
  }
}
