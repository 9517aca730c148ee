import CTurboJPEG

/// Writes the bytes of a JPEG file whose colours are as fine as its brightness (4:4:4).
struct JPEGWriter {
  let path: String
  let quality: Int

  func encode(_ file: PictureFile) throws -> [UInt8] {
    let picture = file.picture.channelCount == 4 ? file.picture.flattened : file.picture
    let segments = try JPEGSegments.segments(file.texts, path: path)
    var bytes = try encode(picture)
    bytes.insert(contentsOf: segments, at: Self.endOfFirstSegment(bytes))
    return bytes
  }

  /// Where the segment of JFIF ends, which must stay the first.
  private static func endOfFirstSegment(_ bytes: [UInt8]) -> Int {
    guard bytes.count > 6, bytes[2] == 0xFF, bytes[3] == 0xE0 else { return 2 }
    return min(4 + (Int(bytes[4]) << 8 | Int(bytes[5])), bytes.count)
  }

  private func encode(_ picture: Picture) throws -> [UInt8] {
    guard let encoder = tjInitCompress() else { throw failure(nil) }
    defer { tjDestroy(encoder) }
    let isGrey = picture.channelCount == 1
    var memory: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    defer { tjFree(memory) }
    let code = picture.values.withUnsafeBufferPointer { values in
      // In bounds: rows without gaps, of the picture's own size; the library takes the memory that it needs.
      tjCompress2(
        encoder, values.baseAddress, Int32(clamping: picture.width), 0,
        Int32(clamping: picture.height), (isGrey ? TJPF_GRAY : TJPF_RGB).rawValue, &memory, &count,
        Int32((isGrey ? TJSAMP_GRAY : TJSAMP_444).rawValue), Int32(min(max(quality, 1), 100)),
        TJFLAG_ACCURATEDCT)
    }
    guard code == 0 else { throw failure(encoder) }
    return Array(UnsafeBufferPointer(start: memory, count: Int(count)))
  }

  private func failure(_ encoder: tjhandle?) -> PictureError {
    PictureError(path: path, reason: .cannotEncode(String(cString: tjGetErrorStr2(encoder))))
  }
}
