/// A part of a prompt with one weight.
package enum PromptPiece: Sendable, Hashable {
  /// Text, and how much it counts: 1 is usual.
  case text(String, weight: Double)
  /// The end of a chunk, wherever its tokens end.
  case chunkEnd

  /// How deep brackets may be open.
  static let maximumDepth = 256
}

extension String {
  /// The text of code points.
  init(scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

extension Double {
  /// A number as Python reads it, digits and a dot without an exponent, or nil.
  init?(weight text: some Sequence<Unicode.Scalar>) {
    self.init(String(scalars: text))
  }
}
