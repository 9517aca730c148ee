package import WeftFiles

extension Picture {
  /// The picture as a PNG within a web address, for pages that are one file.
  ///
  /// Source: https://www.rfc-editor.org/rfc/rfc2397
  package func dataURI() throws -> String {
    "data:image/png;base64," + Base64.text(try PictureFile(self).encoded(as: .png))
  }
}

/// Bytes as text of 64 letters.
///
/// Source: https://www.rfc-editor.org/rfc/rfc4648#section-4
package enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text of bytes: four letters for each three, `=` where bytes are missing.
  package static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let present = min(3, bytes.count - start)
      let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < present ? Int(bytes[start + $1]) : 0) }
      for letter in 0..<4 {
        let index = bits >> (18 - 6 * letter) & 63
        text.append(letter <= present ? letters[index] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
