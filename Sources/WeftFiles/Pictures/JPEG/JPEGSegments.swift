/// The segments before the pixels of a JPEG file, as far as they make sense.
///
/// Source: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B)
struct JPEGSegments {
  private static let exifSign = Array("Exif\0\0".utf8)
  private static let (exifMarker, commentMarker): (UInt8, UInt8) = (0xE1, 0xFE)
  /// The most bytes that a segment holds behind its length.
  static let maximumByteCount = 0xFFFF - 2

  /// The block of EXIF.
  private(set) var exif: Exif?
  /// The comments, as they are.
  private(set) var comments: [ArraySlice<UInt8>] = []

  /// Reads the segments of a file.
  init(_ bytes: [UInt8]) {
    var offset = 2
    while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      // A fill byte.
      if marker == 0xFF {
        offset += 1
        continue
      }
      let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      let end = offset + 2 + length
      // The start of the pixels, the end of the file, or a length that cannot be.
      guard marker != 0xDA, marker != 0xD9, length >= 2, end <= bytes.count else { return }
      take(marker, bytes[offset + 4..<end])
      offset = end
    }
  }

  private mutating func take(_ marker: UInt8, _ content: ArraySlice<UInt8>) {
    if marker == Self.commentMarker {
      comments.append(content)
    } else if marker == Self.exifMarker, exif == nil, content.starts(with: Self.exifSign) {
      exif = Exif(Array(content.dropFirst(Self.exifSign.count)))
    }
  }

  /// The texts: the user's comment of EXIF, then the comments that have a keyword as those of PNG files have.
  var texts: [PictureFile.Text] {
    let comment = exif?.userComment.map { PictureFile.Text(PictureFile.parametersKeyword, $0) }
    return (comment.map { [$0] } ?? []) + comments.compactMap(Self.text)
  }

  private static func text(_ comment: ArraySlice<UInt8>) -> PictureFile.Text? {
    guard let end = comment.firstIndex(of: 0), 1...79 ~= end - comment.startIndex,
      let keyword = String(validating: comment[..<end], as: UTF8.self),
      let text = String(validating: comment[(end + 1)...], as: UTF8.self)
    else { return nil }
    return PictureFile.Text(keyword, text)
  }

  /// The segments of texts: the parameters as the user's comment of EXIF, others as comments.
  static func segments(_ texts: [PictureFile.Text], path: String) throws(PictureError) -> [UInt8] {
    var bytes: [UInt8] = []
    var hasParameters = false
    for text in texts {
      let isParameters = text.keyword == PictureFile.parametersKeyword && !hasParameters
      if isParameters { hasParameters = true }
      let content =
        isParameters
        ? exifSign + Exif.block(userComment: text.text)
        : Array(text.keyword.utf8) + [0] + Array(text.text.utf8)
      guard content.count <= maximumByteCount else {
        let reason = PictureError.Reason.longText(
          keyword: text.keyword, byteCount: content.count, limit: maximumByteCount)
        throw PictureError(path: path, reason: reason)
      }
      let length = content.count + 2
      let marker = isParameters ? exifMarker : commentMarker
      bytes += [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }
    return bytes
  }
}
