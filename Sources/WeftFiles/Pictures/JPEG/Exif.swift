/// A block of EXIF: how a camera held the picture, and what the user says of it.
///
/// Source: https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf (4.5, 4.6)
struct Exif {
  private enum Tag {
    static let orientation = 0x0112
    static let exifFolder = 0x8769
    static let userComment = 0x9286
  }

  /// A field: its tag, its type, the number of its values, and where its four bytes of value or offset are.
  private struct Field {
    let tag: Int
    let count: Int
    let valueOffset: Int
  }

  private static let characterCodeByteCount = 8
  private static let unicodeCode = Array("UNICODE\0".utf8)
  private static let asciiCode = Array("ASCII\0\0\0".utf8)

  private let bytes: [UInt8]
  private let isBigEndian: Bool

  /// Takes the bytes of a TIFF header and what follows it; nil when they do not start so.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    switch bytes[0..<4] {
    case [0x4D, 0x4D, 0, 0x2A]: isBigEndian = true
    case [0x49, 0x49, 0x2A, 0]: isBigEndian = false
    default: return nil
    }
    self.bytes = bytes
  }

  /// The number of the way in which the picture was stored; 1 where none is given.
  var orientation: Int {
    field(Tag.orientation, in: number(4, at: 4)).flatMap { number(2, at: $0.valueOffset) } ?? 1
  }

  /// The user's comment; nil where there is none or its characters are not known.
  var userComment: String? {
    let folder = field(Tag.exifFolder, in: number(4, at: 4))
    guard let start = folder.flatMap({ number(4, at: $0.valueOffset) }),
      let comment = field(Tag.userComment, in: start),
      let offset = number(4, at: comment.valueOffset),
      comment.count >= Self.characterCodeByteCount, comment.count <= bytes.count - offset
    else { return nil }
    let value = bytes[offset..<offset + comment.count]
    return decoded(
      Array(value.dropFirst(Self.characterCodeByteCount)),
      code: Array(value.prefix(Self.characterCodeByteCount)))
  }

  private func decoded(_ text: [UInt8], code: [UInt8]) -> String? {
    switch code {
    case Self.unicodeCode: utf16(text)
    case Self.asciiCode, [UInt8](repeating: 0, count: Self.characterCodeByteCount):
      String(validating: text.prefix { $0 != 0 }, as: UTF8.self)
    default: nil
    }
  }

  /// UTF-16 of either order: most programs write the most significant byte first, whatever the block's order is.
  private func utf16(_ text: [UInt8]) -> String {
    var pairs = stride(from: 0, to: text.count - 1, by: 2).map { (text[$0], text[$0 + 1]) }
    let lowFirst = pairs.count { $0.1 == 0 } > pairs.count { $0.0 == 0 }
    if lowFirst { pairs = pairs.map { ($0.1, $0.0) } }
    var units = pairs.map { UInt16($0.0) << 8 | UInt16($0.1) }
    if units.first == 0xFEFF { units.removeFirst() }
    return String(decoding: units, as: UTF16.self)
  }

  /// The field of a tag in the folder at an offset.
  private func field(_ tag: Int, in folder: Int?) -> Field? {
    guard let folder, let count = number(2, at: folder) else { return nil }
    for index in 0..<count {
      let start = folder + 2 + 12 * index
      guard let found = number(2, at: start), let values = number(4, at: start + 4) else {
        return nil
      }
      if found == tag { return Field(tag: tag, count: values, valueOffset: start + 8) }
    }
    return nil
  }

  /// A number of so many bytes; nil beyond the end.
  private func number(_ byteCount: Int, at offset: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - byteCount else { return nil }
    let part = bytes[offset..<offset + byteCount]
    return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
}

extension Exif {
  /// The bytes of a block that has a user's comment alone, as piexif writes it for A1111.
  ///
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/images.py (save_image_with_geninfo)
  static func block(userComment text: String) -> [UInt8] {
    let comment = unicodeCode + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let header: [UInt8] = [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8]
    let longType: UInt8 = 4
    let undefinedType: UInt8 = 7
    // Each folder: the number of its fields, a field of 12 bytes, and that no other folder follows.
    let main: [UInt8] = [0, 1, 0x87, 0x69, 0, longType, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0]
    let count = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: comment.count >> $0) }
    let exif = [0, 1, 0x92, 0x86, 0, undefinedType] + count + [0, 0, 0, 44, 0, 0, 0, 0]
    return header + main + exif + comment
  }
}
