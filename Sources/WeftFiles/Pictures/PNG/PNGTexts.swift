import CSPNG

/// The texts of a PNG file.
enum PNGTexts {
  /// The texts that a library's context has read.
  static func read(
    _ context: OpaquePointer, path: String
  ) throws(PictureError) -> [PictureFile.Text] {
    var count: UInt32 = 0
    let code = spng_get_text(context, nil, &count)
    if code == SPNG_ECHUNKAVAIL.rawValue || count == 0 { return [] }
    guard code == 0 else { throw PictureError(path: path, png: code) }
    var texts = [spng_text](repeating: spng_text(), count: Int(count))
    let filled = spng_get_text(context, &texts, &count)
    guard filled == 0 else { throw PictureError(path: path, png: filled) }
    return texts.map(text)
  }

  private static func text(_ text: spng_text) -> PictureFile.Text {
    // In bounds: the keyword's own memory, and what the library says it holds of the text.
    let keyword = withUnsafeBytes(of: text.keyword) { Array($0.prefix { $0 != 0 }) }
    let bytes = Array(UnsafeRawBufferPointer(start: text.text, count: text.length))
    let isUnicode = text.type == SPNG_ITXT.rawValue
    return PictureFile.Text(
      latin(keyword), isUnicode ? String(decoding: bytes, as: UTF8.self) : decoded(bytes))
  }

  /// A text of Latin-1; many programs write UTF-8 instead, which as Latin-1 would make no sense.
  private static func decoded(_ bytes: [UInt8]) -> String {
    isUTF8BeyondASCII(bytes) ? String(decoding: bytes, as: UTF8.self) : latin(bytes)
  }

  private static func latin(_ bytes: [UInt8]) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return text
  }

  private static func isUTF8BeyondASCII(_ bytes: [UInt8]) -> Bool {
    bytes.contains { $0 >= 0x80 } && String(validating: bytes, as: UTF8.self) != nil
  }

  /// The chunk of a text: `tEXt` where Latin-1 can say it, else `iTXt`.
  ///
  /// Source: https://www.w3.org/TR/2003/REC-PNG-20031110/#11textinfo
  static func chunk(_ text: PictureFile.Text, path: String) throws(PictureError) -> [UInt8] {
    guard let keyword = keyword(text.keyword) else {
      throw PictureError(path: path, reason: .badKeyword(text.keyword))
    }
    // A NUL would end the text.
    let content = text.text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }
    let latin = content.compactMap { UInt8(exactly: $0.value) }
    if latin.count == content.count, !isUTF8BeyondASCII(latin) {
      return chunk("tEXt", keyword + [0] + latin)
    }
    var unicode = String.UnicodeScalarView()
    unicode.append(contentsOf: content)
    // No compression, no language, no translated keyword.
    return chunk("iTXt", keyword + [0, 0, 0, 0, 0] + Array(String(unicode).utf8))
  }

  /// The bytes of a keyword; nil for one that is not allowed.
  private static func keyword(_ text: String) -> [UInt8]? {
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    guard bytes.count == text.unicodeScalars.count, 1...79 ~= bytes.count,
      bytes.allSatisfy({ 0x20...0x7E ~= $0 || $0 >= 0xA1 }),
      bytes.first != 0x20, bytes.last != 0x20, !text.contains("  ")
    else { return nil }
    return bytes
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let checked = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + checked + bigEndian(Checksum.of(checked))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
