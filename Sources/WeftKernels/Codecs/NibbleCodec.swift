import CKernels
package import WeftTensors

/// A type of half a byte an element.
package enum NibbleType: CaseIterable, Sendable {
  /// The float of MXFP4 and NVFP4: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and the same below zero.
  case e2m1
  /// The quantiles of the normal distribution, of bitsandbytes.
  case nf4
  /// The 4-bit float of bitsandbytes.
  case bnbFP4

  var code: weft_nibble_code {
    switch self {
    case .e2m1: WEFT_F4_E2M1
    case .nf4: WEFT_BNB_NF4
    case .bnbFP4: WEFT_BNB_FP4
    }
  }

  /// The values of the sixteen codes.
  package var book: [Float] {
    // In bounds: every list of the kernels holds sixteen values.
    UnsafeBufferPointer(start: weft_nibble_book(code), count: 16).map { $0 }
  }
}

/// Which half of a byte holds the even element.
package enum NibbleOrder: Sendable {
  /// The high half, as bitsandbytes and ComfyUI's NVFP4 have it.
  case highFirst
  /// The low half, as MXFP4 files have it.
  case lowFirst
}

/// Reads and writes elements of half a byte whose scales are kept beside them.
///
/// A slice starts at an even element. Source of the rounding to NF4 and FP4:
/// https://github.com/bitsandbytes-foundation/bitsandbytes/blob/0.50.2/bitsandbytes/backends/default/ops.py (quantize_4bit)
package struct NibbleCodec: @unchecked Sendable {
  /// The type.
  package let type: NibbleType
  /// The order of the halves.
  package let order: NibbleOrder

  private let kernels: UnsafePointer<weft_scaled_kernels>
  private let book: [Float]

  /// - Parameters:
  ///   - type: the type.
  ///   - order: the order of the halves.
  ///   - book: the values that a file gives for the sixteen codes; nil for those of the type.
  ///   - isa: the instruction set.
  package init(
    _ type: NibbleType, order: NibbleOrder, book: [Float]? = nil, isa: InstructionSet = .best
  ) {
    precondition(book.map { $0.count == 16 } ?? true)
    self.type = type
    self.order = order
    self.book = book ?? type.book
    kernels = weft_scaled_kernels_of(isa.raw)
  }

  /// Writes the values of half bytes as float32, times the scales if there are any.
  ///
  /// - Parameters:
  ///   - bytes: the halves; where the number of values is odd, the last one is not read.
  ///   - scales: the scales.
  ///   - values: takes the values.
  package func decode(_ bytes: ByteSlice, scales: ScaleGroups? = nil, into values: ByteSlice) {
    let count = values.byteCount / 4
    precondition(values.byteCount == count * 4 && bytes.byteCount == (count + 1) / 2)
    withExtendedLifetime((bytes, values)) {
      guard count > 0, let source = bytes.start, let target = values.start else { return }
      // In bounds: `bytes` holds a half for each value, checked above, and `book` sixteen.
      let from = source.assumingMemoryBound(to: UInt8.self)
      let to = target.assumingMemoryBound(to: Float.self)
      guard let decode = kernels.pointee.decode_nibbles else { return }
      guard let scales else { return decode(book, from, count, nil, order == .highFirst, to) }
      scales.withGroups(elementCount: count) {
        withUnsafePointer(to: $0) { decode(book, from, count, $0, order == .highFirst, to) }
      }
    }
  }

  /// Writes float32 values as half bytes, scaled and rounded to the nearest code; too large ones become the greatest.
  ///
  /// E2M1 ties to even. The types of bitsandbytes take the lower neighbour, and the stored `book` does not matter.
  ///
  /// - Parameters:
  ///   - values: the values.
  ///   - scaling: what happens to them first.
  ///   - bytes: takes a half for each value; where their number is odd, the last half stands for zero.
  ///   - tally: counts what rounding did.
  package func encode(
    _ values: ByteSlice, _ scaling: Scaling, into bytes: ByteSlice, tally: inout Tally
  ) {
    let count = values.byteCount / 4
    precondition(values.byteCount == count * 4 && count < 1 << 31)
    precondition(bytes.byteCount == (count + 1) / 2)
    withExtendedLifetime((values, bytes)) {
      guard count > 0, let source = values.start, let target = bytes.start else { return }
      scaling.withWriting(elementCount: count, saturates: true) { writing in
        // In bounds: `bytes` has room for a half for each value, checked above.
        tally.counting {
          kernels.pointee.encode_nibbles(
            type.code, source.assumingMemoryBound(to: Float.self), count, &writing,
            order == .highFirst, target.assumingMemoryBound(to: UInt8.self), &$0)
        }
      }
    }
  }
}
