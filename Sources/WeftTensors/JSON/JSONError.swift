/// Where and why a text is not the JSON that was expected.
package struct JSONError: Error, Sendable, Equatable {
  /// The offset of the offending byte in the text.
  package let offset: Int
  /// What is wrong there.
  package let what: String

  /// Makes an error at a byte of the text.
  package init(offset: Int, what: String) {
    self.offset = offset
    self.what = what
  }
}
