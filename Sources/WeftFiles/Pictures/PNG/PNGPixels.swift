import CSPNG

/// Decodes the pixels of a PNG file whose header was found to be within the limits.
struct PNGPixels {
  let header: spng_ihdr
  let context: OpaquePointer
  let path: String

  private var pixelCount: Int { Int(header.width) * Int(header.height) }
  private var isDeep: Bool { header.bit_depth == 16 }

  func decode() throws(PictureError) -> Picture {
    let channels = try channelCount()
    let values =
      isDeep ? try decodeDeep(channels) : try decode(UInt8.self, format(channels), channels)
    return Picture(
      width: Int(header.width), height: Int(header.height), channelCount: channels, values: values)
  }

  /// Transparency, of whatever kind, needs the fourth channel.
  private func channelCount() throws(PictureError) -> Int {
    var transparency = spng_trns()
    let code = spng_get_trns(context, &transparency)
    // This is the first time that the library reads beyond the header.
    guard code == 0 || code == SPNG_ECHUNKAVAIL.rawValue else {
      throw PictureError(path: path, png: code)
    }
    return switch UInt32(header.color_type) {
    case _ where code == 0: 4
    case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue: 4
    case SPNG_COLOR_TYPE_GRAYSCALE.rawValue: 1
    default: 3
    }
  }

  private func format(_ channels: Int) -> spng_format {
    switch channels {
    case 1: SPNG_FMT_G8
    case 3: SPNG_FMT_RGB8
    default: SPNG_FMT_RGBA8
    }
  }

  /// Rounds 16 bits to 8; the library would cut them off.
  private func decodeDeep(_ channels: Int) throws(PictureError) -> [UInt8] {
    let deep = try decode(UInt16.self, SPNG_FMT_RGBA16, 4)
    var values = [UInt8](repeating: 0, count: pixelCount * channels)
    for pixel in 0..<pixelCount {
      for channel in 0..<channels {
        // The nearest to value · 255 / 65535.
        values[pixel * channels + channel] =
          UInt8((UInt32(deep[4 * pixel + channel]) * 255 + 32895) >> 16)
      }
    }
    return values
  }

  /// Decodes to so many values a pixel.
  private func decode<Value: FixedWidthInteger>(
    _ type: Value.Type, _ format: spng_format, _ channels: Int
  ) throws(PictureError) -> [Value] {
    let count = pixelCount * channels
    var code: Int32 = 0
    let values = [Value](unsafeUninitializedCapacity: count) { memory, filled in
      var size = 0
      code = spng_decoded_image_size(context, Int32(format.rawValue), &size)
      guard code == 0, size == count * MemoryLayout<Value>.size else { return }
      // In bounds: the array has room for exactly the size that the library says it writes.
      code = spng_decode_image(
        context, memory.baseAddress, size, Int32(format.rawValue),
        Int32(SPNG_DECODE_TRNS.rawValue))
      filled = code == 0 ? count : 0
    }
    guard code == 0, values.count == count else { throw PictureError(path: path, png: code) }
    return values
  }
}
