/// A strict pull parser for JSON over bytes.
///
/// It takes what RFC 8259 allows and nothing else, with exact integers. Duplicate keys are the caller's to refuse,
/// since a pull parser keeps no keys; `JSONValue` refuses them.
package struct JSONScanner {
  /// The deepest nesting that is followed.
  package static let maximumDepth = 64

  let bytes: [UInt8]
  /// The offset of the next byte to read.
  package private(set) var offset = 0

  /// Makes a scanner at the start of a text.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next byte after any white space, without taking it; nil at the end.
  package mutating func peek() -> UInt8? {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return bytes[offset]
      }
    }
    return nil
  }

  /// Takes the given byte after any white space, or throws.
  package mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard take(byte) else { throw unexpected("'\(Unicode.Scalar(byte))'") }
  }

  /// Takes the given byte when it comes next.
  package mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    offset += 1
    return true
  }

  /// Throws unless only white space is left.
  package mutating func expectEnd() throws(JSONError) {
    guard peek() == nil else { throw unexpected("the end of the text") }
  }

  /// Takes the separator and the next key of an object whose `{` was taken; nil once `}` was taken.
  package mutating func nextKey(isFirst: inout Bool) throws(JSONError) -> String? {
    guard try nextItem(closing: 0x7D, isFirst: &isFirst) else { return nil }
    let key = try string()
    try expect(0x3A)
    return key
  }

  /// Takes the separator before the next element of an array whose `[` was taken; false once `]` was taken.
  package mutating func nextElement(isFirst: inout Bool) throws(JSONError) -> Bool {
    try nextItem(closing: 0x5D, isFirst: &isFirst)
  }

  /// An error at the present byte, or at an earlier one, for callers that refuse what they read.
  package func failure(_ what: String, at position: Int? = nil) -> JSONError {
    JSONError(offset: position ?? offset, what: what)
  }

  mutating func advance(to position: Int) { offset = position }

  func unexpected(_ wanted: String) -> JSONError {
    guard offset < bytes.count else {
      return failure("the text ends where \(wanted) is expected")
    }
    let byte = bytes[offset]
    let found =
      byte > 0x20 && byte < 0x7F
      ? "'\(Unicode.Scalar(byte))'" : "byte 0x" + String(byte, radix: 16)
    return failure("found \(found) where \(wanted) is expected")
  }

  private mutating func nextItem(closing: UInt8, isFirst: inout Bool) throws(JSONError) -> Bool {
    if take(closing) { return false }
    if !isFirst { try expect(0x2C) }
    isFirst = false
    return true
  }
}
