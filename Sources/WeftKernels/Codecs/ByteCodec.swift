import CKernels
package import WeftTensors

/// Reads and writes a type of one byte an element: the 8-bit floats, and integers that scales turn into values.
///
/// Source: https://github.com/pytorch/pytorch/tree/v2.9.0/c10/util (Float8_*.h) for the floats.
package struct ByteCodec: @unchecked Sendable {
  /// The type.
  package let dtype: DType

  private let code: weft_byte_code
  private let kernels: UnsafePointer<weft_scaled_kernels>

  /// The codec of an 8-bit float or of I8; nil for all other types.
  package init?(_ dtype: DType, isa: InstructionSet = .best) {
    guard let code = dtype.byteCode, let kernels = weft_scaled_kernels_of(isa.raw) else {
      return nil
    }
    self.dtype = dtype
    self.code = code
    self.kernels = kernels
  }

  /// The greatest finite value.
  package var greatest: Float { weft_greatest_of_byte(code) }

  /// Writes the values of bytes as float32, times the scales if there are any.
  package func decode(_ bytes: ByteSlice, scales: ScaleGroups? = nil, into values: ByteSlice) {
    let count = bytes.byteCount
    precondition(values.byteCount == count * 4)
    withExtendedLifetime((bytes, values)) {
      guard count > 0, let source = bytes.start, let target = values.start else { return }
      // In bounds: `values` has room for one float32 for each byte, checked above.
      let from = source.assumingMemoryBound(to: UInt8.self)
      let to = target.assumingMemoryBound(to: Float.self)
      guard let scales else { return kernels.pointee.decode(code, from, count, nil, to) }
      scales.withGroups(elementCount: count) {
        withUnsafePointer(to: $0) { kernels.pointee.decode(code, from, count, $0, to) }
      }
    }
  }

  /// Writes float32 values as bytes, scaled and rounded to nearest, ties to even.
  ///
  /// - Parameters:
  ///   - values: the values.
  ///   - scaling: what happens to them first.
  ///   - saturates: whether values too large become the greatest finite one, not infinity or NaN. I8 always saturates, at
  ///     -127 and 127.
  ///   - bytes: takes one byte for each value.
  ///   - tally: counts also the finite values that saturation changed as overflowed.
  package func encode(
    _ values: ByteSlice, _ scaling: Scaling = .none, saturates: Bool = false, into bytes: ByteSlice,
    tally: inout Tally
  ) {
    let count = bytes.byteCount
    precondition(values.byteCount == count * 4 && count < 1 << 31)
    withExtendedLifetime((values, bytes)) {
      guard count > 0, let source = values.start, let target = bytes.start else { return }
      scaling.withWriting(elementCount: count, saturates: saturates) { writing in
        // In bounds: `values` holds one float32 for each byte, checked above.
        tally.counting {
          kernels.pointee.encode(
            code, source.assumingMemoryBound(to: Float.self), count, &writing,
            target.assumingMemoryBound(to: UInt8.self), &$0)
        }
      }
    }
  }
}

extension DType {
  /// The number by which the kernels know a type of one byte; nil for all others.
  fileprivate var byteCode: weft_byte_code? {
    switch self {
    case .f8e4m3: WEFT_F8_E4M3FN
    case .f8e5m2: WEFT_F8_E5M2
    case .f8e4m3fnuz: WEFT_F8_E4M3FNUZ
    case .f8e5m2fnuz: WEFT_F8_E5M2FNUZ
    case .f8e8m0: WEFT_F8_E8M0
    case .i8: WEFT_I8
    default: nil
    }
  }
}
