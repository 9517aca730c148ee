/// Pieces of drawings.
enum SVG {
  /// A coordinate with one decimal.
  static func text(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    let sign = scaled < 0 ? "-" : ""
    let fraction = scaled.magnitude % 10
    return "\(sign)\(scaled.magnitude / 10)" + (fraction == 0 ? "" : ".\(fraction)")
  }

  /// A line from one place to another.
  static func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double)
    -> String
  {
    "<line class=\"\(style)\" x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" y2=\"\(text(y2))\"/>"
  }

  /// A word at a place.
  static func label(_ word: String, _ style: String, _ x: Double, _ y: Double) -> String {
    "<text class=\"\(style)\" x=\"\(text(x))\" y=\"\(text(y))\">\(HTMLText.escaped(word))</text>"
  }

  /// A word that ends at a place below an axis and rises towards it.
  static func turned(_ word: String, _ x: Double, _ y: Double) -> String {
    "<text class=\"end\" transform=\"translate(\(text(x)) \(text(y))) rotate(-50)\">"
      + "\(HTMLText.escaped(word))</text>"
  }

  /// An area that shows words to a pointer.
  static func hit(_ words: String, x: Double, y: Double, width: Double, height: Double) -> String {
    "<rect class=\"hit\" x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(width))\" "
      + "height=\"\(text(height))\"><title>\(HTMLText.escaped(words))</title></rect>"
  }
}
