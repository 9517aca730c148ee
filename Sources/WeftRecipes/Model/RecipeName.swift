/// The names of models and steps, which cannot be taken for paths: those have a dot or a slash.
enum RecipeName {
  /// The longest name.
  static let maximumLength = 64

  /// Whether a text is a name.
  static func isName(_ text: String) -> Bool {
    (1...maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
      && text.utf8.first != UInt8(ascii: "-")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
