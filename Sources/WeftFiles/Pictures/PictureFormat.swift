/// The formats that pictures are read and written in.
package enum PictureFormat: String, Sendable, CaseIterable {
  case png, jpeg

  /// The format that a path's ending names, or nil.
  package init?(path: String) {
    let ending = Paths.name(of: path).split(separator: ".", omittingEmptySubsequences: false)
    guard ending.count > 1, let last = ending.last else { return nil }
    switch last.lowercased() {
    case "png": self = .png
    case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
    default: return nil
    }
  }

  /// The format of a file by its first bytes, or nil.
  package init?(start: some Sequence<UInt8>) {
    let start = Array(start.prefix(8))
    if start == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] {
      self = .png
    } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }
}

/// What a file is that is not a picture that is read.
enum OtherPicture {
  /// The words for content by its start; a container of several kinds has its kind at an offset.
  private static let signs: [(offset: Int, sign: [UInt8], title: String)] = [
    (8, Array("WEBP".utf8), "a WebP picture"), (0, Array("GIF8".utf8), "a GIF picture"),
    (4, Array("ftypavif".utf8), "an AVIF picture"), (4, Array("ftypavis".utf8), "an AVIF picture"),
    (4, Array("ftypheic".utf8), "an HEIC picture"), (4, Array("ftypmif1".utf8), "an HEIF picture"),
    (4, Array("ftyp".utf8), "a video"), (0, Array("BM".utf8), "a BMP picture"),
    (0, [0x49, 0x49, 0x2A, 0x00], "a TIFF picture"),
    (0, [0x4D, 0x4D, 0x00, 0x2A], "a TIFF picture"),
    (0, [0xFF, 0x0A], "a JPEG XL picture"), (4, Array("JXL ".utf8), "a JPEG XL picture"),
    (4, Array("jP  ".utf8), "a JPEG 2000 picture"), (0, Array("8BPS".utf8), "a Photoshop picture"),
    (0, Array("<svg".utf8), "an SVG picture"), (0, Array("%PDF".utf8), "a PDF document"),
    (0, Array("P6".utf8), "a PPM picture"), (0, Array("P5".utf8), "a PGM picture"),
    (0, [0x89, 0x50, 0x4E, 0x47], "a PNG picture whose line ends were changed"),
  ]

  /// The words for the content of a file that starts with these bytes, or nil.
  static func title(_ start: [UInt8]) -> String? {
    let known = signs.first { start.dropFirst($0.offset).starts(with: $0.sign) }
    if let known { return known.title }
    if isSafetensors(start) { return "a safetensors file" }
    return ForeignContent.detect(start)?.title
  }

  /// Whether a length and the brace of a header come first.
  private static func isSafetensors(_ start: [UInt8]) -> Bool {
    start.count > 8 && start[8] == 0x7B && start[5..<8].allSatisfy { $0 == 0 }
  }
}
