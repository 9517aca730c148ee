import CSPNG

#if canImport(Glibc)
  import Glibc
#endif

/// Writes the bytes of a PNG file, without anything that changes from one time to the next.
struct PNGWriter {
  let path: String

  /// Beyond this level pictures take longer and get no smaller.
  private static let compressionLevel: Int32 = 6
  /// The signature and the header, behind which the texts stand.
  private static let headerEnd = 33
  /// The most bytes of a chunk that other programs read; Pillow's limit of all texts is as large.
  private static let maximumTextByteCount = 64 << 20

  func encode(_ file: PictureFile) throws -> [UInt8] {
    var chunks: [UInt8] = []
    for text in file.texts {
      let count = text.text.utf8.count
      guard count <= Self.maximumTextByteCount else {
        let reason = PictureError.Reason.longText(
          keyword: text.keyword, byteCount: count, limit: Self.maximumTextByteCount)
        throw PictureError(path: path, reason: reason)
      }
      chunks += try PNGTexts.chunk(text, path: path)
    }
    var bytes = try encode(file.picture)
    bytes.insert(contentsOf: chunks, at: Self.headerEnd)
    return bytes
  }

  private func encode(_ picture: Picture) throws -> [UInt8] {
    guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
      throw failure(SPNG_EMEM.rawValue)
    }
    defer { spng_ctx_free(context) }
    try prepare(context, picture)
    let code = picture.values.withUnsafeBytes { memory in
      // In bounds: the library is told the memory's size, which must be the picture's.
      spng_encode_image(
        context, memory.baseAddress, memory.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue))
    }
    try check(code)
    return try takeBytes(context)
  }

  private func prepare(_ context: OpaquePointer, _ picture: Picture) throws {
    try check(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1))
    try check(spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, Self.compressionLevel))
    try check(
      spng_set_option(context, SPNG_FILTER_CHOICE, Int32(SPNG_FILTER_CHOICE_ALL.rawValue)))
    guard let width = UInt32(exactly: picture.width), let height = UInt32(exactly: picture.height)
    else { throw failure(SPNG_EWIDTH.rawValue) }
    let colour =
      switch picture.channelCount {
      case 1: SPNG_COLOR_TYPE_GRAYSCALE
      case 3: SPNG_COLOR_TYPE_TRUECOLOR
      default: SPNG_COLOR_TYPE_TRUECOLOR_ALPHA
      }
    var header = spng_ihdr()
    (header.width, header.height) = (width, height)
    (header.bit_depth, header.color_type) = (8, UInt8(colour.rawValue))
    try check(spng_set_ihdr(context, &header))
  }

  /// A copy of what was written; the memory is ours to free.
  private func takeBytes(_ context: OpaquePointer) throws -> [UInt8] {
    var count = 0
    var code: Int32 = 0
    guard let memory = spng_get_png_buffer(context, &count, &code) else { throw failure(code) }
    defer { free(memory) }
    return Array(UnsafeRawBufferPointer(start: memory, count: count))
  }

  private func check(_ code: Int32) throws {
    if code != 0 { throw failure(code) }
  }

  private func failure(_ code: Int32) -> PictureError {
    PictureError(path: path, reason: .cannotEncode(String(cString: spng_strerror(code))))
  }
}
