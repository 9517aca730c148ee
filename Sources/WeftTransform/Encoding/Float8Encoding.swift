import WeftKernels
import WeftTensors

/// Rounds values to an 8-bit float, without any scale.
struct Float8Encoding: ValueEncoding {
  private let codec: ByteCodec
  private let saturates: Bool

  /// Makes an encoding; nil for types that are no 8-bit floats.
  init?(_ dtype: DType, saturates: Bool) {
    guard dtype != .i8, let codec = ByteCodec(dtype) else { return nil }
    self.codec = codec
    self.saturates = saturates
  }

  var unit: StorageUnit { StorageUnit(elementCount: 1, byteCount: 1) }
  var grain: Int { 1 }

  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally) {
    var counts = Tally()
    codec.encode(values, saturates: saturates, into: target, tally: &counts)
    // The values were counted when they were computed; saturation is what was asked for.
    tally.underflowed += counts.underflowed
    if saturates {
      tally.saturated += counts.overflowed
    } else {
      tally.overflowed += counts.overflowed
    }
  }

  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice) {
    codec.decode(stored, into: values)
  }
}
