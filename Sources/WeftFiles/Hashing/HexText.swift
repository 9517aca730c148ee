/// Bytes as lower-case hexadecimal digits.
package enum HexText {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Two digits for each byte.
  package static func of(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      // In bounds: the text has room for two digits of every byte, and a digit is one of 16.
      for (index, byte) in bytes.enumerated() {
        text[2 * index] = digits[Int(byte >> 4)]
        text[2 * index + 1] = digits[Int(byte & 15)]
      }
      return 2 * bytes.count
    }
  }
}
