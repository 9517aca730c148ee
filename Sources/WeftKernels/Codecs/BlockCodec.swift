import CKernels
package import WeftTensors

/// Encodes and decodes a type whose elements are stored in blocks.
package struct BlockCodec: @unchecked Sendable {
  /// The type.
  package let dtype: DType

  /// The number by which the kernels know the type.
  let code: weft_code
  private let encoder: weft_encoder?
  private let decoder: weft_decoder

  /// The codec of a type; nil for types that are not in blocks.
  package init?(_ dtype: DType, isa: InstructionSet = .best) {
    guard let code = dtype.code, let decoder = weft_decoder_of(code, isa.raw) else { return nil }
    self.dtype = dtype
    self.code = code
    self.decoder = decoder
    encoder = weft_encoder_of(code, isa.raw)
  }

  /// Whether values can be encoded; some types are only decoded.
  package var canEncode: Bool { encoder != nil }

  /// Writes the values of whole blocks as float32.
  package func decode(_ blocks: ByteSlice, into values: ByteSlice) {
    let blockCount = blocks.byteCount / dtype.blockByteCount
    precondition(blocks.byteCount == blockCount * dtype.blockByteCount)
    precondition(values.byteCount == blockCount * dtype.blockElementCount * 4)
    withExtendedLifetime((blocks, values)) {
      guard blockCount > 0, let source = blocks.start, let target = values.start else { return }
      // In bounds: `blocks` holds `blockCount` blocks and `values` their elements, checked above.
      decoder(
        source.assumingMemoryBound(to: UInt8.self), blockCount,
        target.assumingMemoryBound(to: Float.self))
    }
  }

  /// Writes the blocks of float32 values, `[rows, columns]`; `columns` is a whole number of blocks.
  ///
  /// - Parameters:
  ///   - values: the values.
  ///   - weights: how much the error of each column counts, `[columns]` of float32; nil for the reference encoder.
  ///   - columns: the length of a row.
  ///   - blocks: takes exactly the blocks.
  /// - Returns: the number of blocks with a scale that is not finite.
  package func encode(
    _ values: ByteSlice, weights: ByteSlice?, columns: Int, into blocks: ByteSlice
  ) -> Int {
    guard let encoder, values.byteCount > 0 else { return 0 }
    let rows = values.byteCount / 4 / columns
    let blockCount = rows * columns / dtype.blockElementCount
    precondition(columns % dtype.blockElementCount == 0 && values.byteCount == rows * columns * 4)
    precondition(blocks.byteCount == blockCount * dtype.blockByteCount)
    precondition(weights.map { $0.byteCount == columns * 4 } ?? true)
    return withExtendedLifetime((values, weights, blocks)) {
      guard let source = values.start, let target = blocks.start else { return 0 }
      // In bounds: the sizes of all three slices were checked above.
      encoder(
        source.assumingMemoryBound(to: Float.self),
        weights?.start.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }, rows, columns,
        target.assumingMemoryBound(to: UInt8.self))
      return brokenBlockCount(in: blocks)
    }
  }
}

extension DType {
  /// The number by which the codecs know a type in blocks; nil for all others.
  fileprivate var code: weft_code? {
    switch self {
    case .q10: WEFT_Q1_0
    case .q20: WEFT_Q2_0
    case .tq10: WEFT_TQ1_0
    case .tq20: WEFT_TQ2_0
    case .iq1s: WEFT_IQ1_S
    case .iq1m: WEFT_IQ1_M
    case .iq2xxs: WEFT_IQ2_XXS
    case .iq2xs: WEFT_IQ2_XS
    case .iq2s: WEFT_IQ2_S
    case .iq3xxs: WEFT_IQ3_XXS
    case .iq3s: WEFT_IQ3_S
    case .iq4xs: WEFT_IQ4_XS
    case .iq4nl: WEFT_IQ4_NL
    case .mxfp4: WEFT_MXFP4
    case .nvfp4: WEFT_NVFP4
    case .q2k: WEFT_Q2_K
    case .q3k: WEFT_Q3_K
    case .q4k: WEFT_Q4_K
    case .q5k: WEFT_Q5_K
    case .q6k: WEFT_Q6_K
    case .q8k: WEFT_Q8_K
    case .q40: WEFT_Q4_0
    case .q41: WEFT_Q4_1
    case .q50: WEFT_Q5_0
    case .q51: WEFT_Q5_1
    case .q80: WEFT_Q8_0
    case .q81: WEFT_Q8_1
    default: nil
    }
  }
}
