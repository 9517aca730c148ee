import CKernels
package import WeftTensors

/// How a block's power of two is found.
package enum PowerRule: Sendable {
  /// From the powers of the largest magnitude and of the greatest value, as the OCP specification says; the largest may
  /// become the greatest.
  case floor
  /// The least power at which nothing overflows, as ComfyUI's MXFP8 has it.
  case ceiling

  var raw: weft_power_rule { self == .floor ? WEFT_POWER_FLOOR : WEFT_POWER_CEILING }
}

/// Scales made of the largest magnitudes of groups; all slices hold float32, one for each group, or bytes where codes are
/// meant.
package enum ScaleRules {
  /// Writes largest / greatest, but not less than `least`.
  package static func linear(
    _ largest: ByteSlice, greatest: Float, least: Float = 0, into scales: ByteSlice
  ) {
    map(largest, scales) { weft_linear_scales($0, $1, greatest, least, $2) }
  }

  /// Writes 1 / scale * numerator, where scales less than `least` count as that.
  package static func inverse(
    _ scales: ByteSlice, numerator: Float = 1, least: Float = 0, into inverses: ByteSlice
  ) {
    map(scales, inverses) { weft_inverse_scales($0, $1, numerator, least, $2) }
  }

  /// Writes the E8M0 codes of blocks, and the scales by which their values are divided.
  ///
  /// - Parameters:
  ///   - rule: how the power is found.
  ///   - largest: the largest magnitudes.
  ///   - greatest: the greatest value of the elements' type.
  ///   - codes: takes one byte for each block.
  ///   - scales: takes the scales; may be `largest`.
  package static func powers(
    _ rule: PowerRule, _ largest: ByteSlice, greatest: Float, codes: ByteSlice,
    into scales: ByteSlice
  ) {
    encode(largest, codes, scales) { weft_power_scales(rule.raw, $0, $1, greatest, $2, $3) }
  }

  /// Writes the E4M3 codes of NVFP4 blocks, and the scales, the tensor's in them, by which their values are divided.
  ///
  /// - Parameters:
  ///   - largest: the largest magnitudes of blocks of 16.
  ///   - tensorScale: the largest magnitude of the tensor over 448 * 6.
  ///   - codes: takes one byte for each block.
  ///   - scales: takes the scales; may be `largest`.
  package static func nvfp4(
    _ largest: ByteSlice, tensorScale: Float, codes: ByteSlice, into scales: ByteSlice
  ) {
    encode(largest, codes, scales) { weft_nvfp4_scales($0, $1, tensorScale, $2, $3) }
  }

  /// Writes the place of the nearest of 256 ascending values, ties to the lower one, as bitsandbytes keeps scales.
  package static func nearest(_ values: ByteSlice, in book: [Float], into places: ByteSlice) {
    precondition(book.count == 256 && values.byteCount == places.byteCount * 4)
    withExtendedLifetime((values, places)) {
      guard places.byteCount > 0, let source = values.start, let target = places.start else {
        return
      }
      // In bounds: one byte for each float32, and the list holds 256, checked above.
      weft_nearest_of_256(
        book, source.assumingMemoryBound(to: Float.self), places.byteCount,
        target.assumingMemoryBound(to: UInt8.self))
    }
  }

  private static func map(
    _ source: ByteSlice, _ target: ByteSlice,
    _ body: (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let count = source.byteCount / 4
    precondition(source.byteCount == count * 4 && target.byteCount == source.byteCount)
    withExtendedLifetime((source, target)) {
      guard count > 0, let from = source.start, let to = target.start else { return }
      // In bounds: both slices hold `count` float32 values, checked above.
      body(
        from.assumingMemoryBound(to: Float.self), count, to.assumingMemoryBound(to: Float.self))
    }
  }

  private static func encode(
    _ largest: ByteSlice, _ codes: ByteSlice, _ scales: ByteSlice,
    _ body: (
      UnsafePointer<Float>, Int, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    precondition(codes.byteCount == largest.byteCount / 4)
    withExtendedLifetime(codes) {
      guard let bytes = codes.start?.assumingMemoryBound(to: UInt8.self) else { return }
      // In bounds: one byte for each float32, checked above.
      map(largest, scales) { body($0, $1, bytes, $2) }
    }
  }
}
