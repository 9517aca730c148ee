import CTurboJPEG

/// Reads the bytes of a JPEG file.
///
/// Source: https://github.com/libjpeg-turbo/libjpeg-turbo/blob/2.1.5/turbojpeg.h
struct JPEGReader {
  let bytes: [UInt8]
  let path: String
  let limits: PictureLimits

  /// A block of 64 pixels takes a bit at least.
  private static let bitsPerPixel = 1.0 / 64
  /// A warning that says nothing of the pixels: some cameras leave bytes behind them.
  private static let harmlessWarning = "extraneous bytes before marker 0xd9"

  func read() throws -> PictureFile {
    guard let decoder = tjInitDecompress() else {
      throw PictureError(path: path, reason: .damaged(String(cString: tjGetErrorStr2(nil))))
    }
    defer { tjDestroy(decoder) }
    let segments = JPEGSegments(bytes)
    let picture = try bytes.withUnsafeBufferPointer { memory in
      try decode(decoder, memory)
    }
    return PictureFile(
      picture.upright(from: segments.exif?.orientation ?? 1), texts: segments.texts)
  }

  private func decode(
    _ decoder: tjhandle, _ memory: UnsafeBufferPointer<UInt8>
  ) throws -> Picture {
    var (width, height, sampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    // In bounds: the library is told the memory's size.
    let code = tjDecompressHeader3(
      decoder, memory.baseAddress, UInt(memory.count), &width, &height, &sampling, &colours)
    guard code == 0 else { throw failure(decoder) }
    try limits.check(
      width: Int(width), height: Int(height), byteCount: bytes.count,
      bitsPerPixel: Self.bitsPerPixel, path: path)
    guard colours != TJCS_CMYK.rawValue, colours != TJCS_YCCK.rawValue else {
      throw PictureError(path: path, reason: .unsupported("a JPEG of printing inks (CMYK)"))
    }
    let channels = colours == TJCS_GRAY.rawValue ? 1 : 3
    let values = try decode(decoder, memory, Int(width), Int(height), channels)
    return Picture(
      width: Int(width), height: Int(height), channelCount: channels, values: values)
  }

  /// Decodes the pixels; whatever the library warns of is an error, but for what says nothing of the pixels.
  private func decode(
    _ decoder: tjhandle, _ memory: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int,
    _ channels: Int
  ) throws -> [UInt8] {
    func values(_ flags: Int32) -> [UInt8]? {
      var code: Int32 = 0
      let values = [UInt8](unsafeUninitializedCapacity: width * height * channels) {
        target, count in
        // In bounds: rows without gaps, of the width and height that the header has.
        code = tjDecompress2(
          decoder, memory.baseAddress, UInt(memory.count), target.baseAddress, Int32(width), 0,
          Int32(height), (channels == 1 ? TJPF_GRAY : TJPF_RGB).rawValue,
          flags | TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
        let isWhole = code == 0 || tjGetErrorCode(decoder) == TJERR_WARNING.rawValue
        count = isWhole ? width * height * channels : 0
      }
      return code == 0 || flags == 0 && !values.isEmpty ? values : nil
    }
    if let values = values(TJFLAG_STOPONWARNING) { return values }
    let error = failure(decoder)
    guard case .damaged(let what) = error.reason, what.contains(Self.harmlessWarning),
      let values = values(0)
    else { throw error }
    return values
  }

  private func failure(_ decoder: tjhandle) -> PictureError {
    let what = String(cString: tjGetErrorStr2(decoder))
    let isShort = what.contains("Premature end")
    return PictureError(path: path, reason: isShort ? .truncated : .damaged(what))
  }
}
