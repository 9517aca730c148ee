import CSPNG

/// Reads the bytes of a PNG file.
///
/// Source: https://libspng.org/docs/ (libspng 0.7), https://www.w3.org/TR/2003/REC-PNG-20031110/
struct PNGReader {
  let bytes: [UInt8]
  let path: String
  let limits: PictureLimits

  /// How many bytes deflate makes of one at the most.
  private static let deflateRatio = 1032.0

  func read() throws -> PictureFile {
    guard let context = spng_ctx_new(0) else { throw failure(SPNG_EMEM) }
    defer { spng_ctx_free(context) }
    return try bytes.withUnsafeBytes { memory in
      try prepare(context, memory)
      let header = try header(context)
      let picture = try PNGPixels(header: header, context: context, path: path).decode()
      // The texts behind the pixels are known only now.
      try check(spng_decode_chunks(context))
      return PictureFile(
        picture.upright(from: orientation(context)), texts: try PNGTexts.read(context, path: path))
    }
  }

  /// Gives the bytes to the library, which keeps a pointer to them while they are held.
  private func prepare(_ context: OpaquePointer, _ memory: UnsafeRawBufferPointer) throws {
    try check(
      spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_ERROR.rawValue)))
    try check(spng_set_chunk_limits(context, limits.textByteCount, limits.textByteCount))
    try check(spng_set_png_buffer(context, memory.baseAddress, memory.count))
  }

  private func header(_ context: OpaquePointer) throws -> spng_ihdr {
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    let channels: Double =
      switch UInt32(header.color_type) {
      case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue: 2
      case SPNG_COLOR_TYPE_TRUECOLOR.rawValue: 3
      case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue: 4
      default: 1
      }
    try limits.check(
      width: Int(header.width), height: Int(header.height), byteCount: bytes.count,
      bitsPerPixel: channels * Double(header.bit_depth) / Self.deflateRatio, path: path)
    return header
  }

  private func orientation(_ context: OpaquePointer) -> Int {
    var exif = spng_exif()
    guard spng_get_exif(context, &exif) == 0, let data = exif.data else { return 1 }
    // In bounds: the library says how many bytes it holds, and holds them as long as the context.
    let block = UnsafeRawBufferPointer(start: data, count: exif.length)
    return Exif(Array(block))?.orientation ?? 1
  }

  private func check(_ code: Int32) throws(PictureError) {
    if code != 0 { throw PictureError(path: path, png: code) }
  }

  private func failure(_ code: spng_errno) -> PictureError {
    PictureError(path: path, png: code.rawValue)
  }
}

extension PictureError {
  /// An error by libspng's number.
  init(path: String, png code: Int32) {
    switch code {
    case SPNG_EOF.rawValue, SPNG_IO_EOF.rawValue, SPNG_EIDAT_TOO_SHORT.rawValue:
      self.init(path: path, reason: .truncated)
    case SPNG_ECHUNK_LIMITS.rawValue: self.init(path: path, reason: .longTexts)
    default: self.init(path: path, reason: .damaged(String(cString: spng_strerror(code))))
    }
  }
}
