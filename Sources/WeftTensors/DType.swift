/// The type of a tensor's elements: those of safetensors, in the order in which it writes them, and before them those that
/// only GGUF has.
///
/// The order of the cases is the reference writer's: tensors are sorted by descending case, then by name, so that
/// every tensor is aligned to its own elements.
/// Source: https://github.com/huggingface/safetensors/blob/24b0b285/safetensors/src/tensor.rs
package enum DType: String, CaseIterable, Sendable, Hashable {
  case q10 = "Q1_0"
  case q20 = "Q2_0"
  case tq10 = "TQ1_0"
  case tq20 = "TQ2_0"
  case iq1s = "IQ1_S"
  case iq1m = "IQ1_M"
  case iq2xxs = "IQ2_XXS"
  case iq2xs = "IQ2_XS"
  case iq2s = "IQ2_S"
  case iq3xxs = "IQ3_XXS"
  case iq3s = "IQ3_S"
  case iq4xs = "IQ4_XS"
  case iq4nl = "IQ4_NL"
  case mxfp4 = "MXFP4"
  case nvfp4 = "NVFP4"
  case q2k = "Q2_K"
  case q3k = "Q3_K"
  case q4k = "Q4_K"
  case q5k = "Q5_K"
  case q6k = "Q6_K"
  case q8k = "Q8_K"
  case q40 = "Q4_0"
  case q41 = "Q4_1"
  case q50 = "Q5_0"
  case q51 = "Q5_1"
  case q80 = "Q8_0"
  case q81 = "Q8_1"
  case bool = "BOOL"
  case f4 = "F4"
  case f6e2m3 = "F6_E2M3"
  case f6e3m2 = "F6_E3M2"
  case u8 = "U8"
  case i8 = "I8"
  case f8e5m2 = "F8_E5M2"
  case f8e4m3 = "F8_E4M3"
  case f8e8m0 = "F8_E8M0"
  case f8e4m3fnuz = "F8_E4M3FNUZ"
  case f8e5m2fnuz = "F8_E5M2FNUZ"
  case i16 = "I16"
  case u16 = "U16"
  case f16 = "F16"
  case bf16 = "BF16"
  case i32 = "I32"
  case u32 = "U32"
  case f32 = "F32"
  case c64 = "C64"
  case f64 = "F64"
  case i64 = "I64"
  case u64 = "U64"
}

/// What the elements of a type stand for.
package enum NumberKind: Sendable {
  case float, integer, boolean, complex
  /// Numbers that share scales, in blocks of one size.
  case blocks
}

extension DType {
  private struct Traits {
    let kind: NumberKind
    let elementCount: Int
    let byteCount: Int

    init(_ kind: NumberKind, _ elementCount: Int = 1, bytes: Int) {
      self.kind = kind
      self.elementCount = elementCount
      self.byteCount = bytes
    }
  }

  private static let codes = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
  private static let ranks = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

  /// The one table of facts about the types; everything else is derived from it.
  ///
  /// It is no dictionary, because kernels ask it for every slice.
  /// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h for the types in blocks.
  private var traits: Traits {
    switch self {
    case .q10: Traits(.blocks, 128, bytes: 18)
    case .q20: Traits(.blocks, 64, bytes: 18)
    case .tq10: Traits(.blocks, 256, bytes: 54)
    case .tq20: Traits(.blocks, 256, bytes: 66)
    case .iq1s: Traits(.blocks, 256, bytes: 50)
    case .iq1m: Traits(.blocks, 256, bytes: 56)
    case .iq2xxs: Traits(.blocks, 256, bytes: 66)
    case .iq2xs: Traits(.blocks, 256, bytes: 74)
    case .iq2s: Traits(.blocks, 256, bytes: 82)
    case .iq3xxs: Traits(.blocks, 256, bytes: 98)
    case .iq3s: Traits(.blocks, 256, bytes: 110)
    case .iq4xs: Traits(.blocks, 256, bytes: 136)
    case .iq4nl: Traits(.blocks, 32, bytes: 18)
    case .mxfp4: Traits(.blocks, 32, bytes: 17)
    case .nvfp4: Traits(.blocks, 64, bytes: 36)
    case .q2k: Traits(.blocks, 256, bytes: 84)
    case .q3k: Traits(.blocks, 256, bytes: 110)
    case .q4k: Traits(.blocks, 256, bytes: 144)
    case .q5k: Traits(.blocks, 256, bytes: 176)
    case .q6k: Traits(.blocks, 256, bytes: 210)
    case .q8k: Traits(.blocks, 256, bytes: 292)
    case .q40: Traits(.blocks, 32, bytes: 18)
    case .q41: Traits(.blocks, 32, bytes: 20)
    case .q50: Traits(.blocks, 32, bytes: 22)
    case .q51: Traits(.blocks, 32, bytes: 24)
    case .q80: Traits(.blocks, 32, bytes: 34)
    case .q81: Traits(.blocks, 32, bytes: 36)
    case .bool: Traits(.boolean, bytes: 1)
    case .f4: Traits(.float, 2, bytes: 1)
    case .f6e2m3, .f6e3m2: Traits(.float, 4, bytes: 3)
    case .u8, .i8: Traits(.integer, bytes: 1)
    case .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: Traits(.float, bytes: 1)
    case .i16, .u16: Traits(.integer, bytes: 2)
    case .f16, .bf16: Traits(.float, bytes: 2)
    case .i32, .u32: Traits(.integer, bytes: 4)
    case .f32: Traits(.float, bytes: 4)
    case .c64: Traits(.complex, bytes: 8)
    case .f64: Traits(.float, bytes: 8)
    case .i64, .u64: Traits(.integer, bytes: 8)
    }
  }

  /// The types that safetensors files have.
  package static let safetensorsTypes = allCases.filter { !$0.isBlocks }

  /// The type of a code as safetensors files spell it; nil for an unknown one.
  package init?(code: String) {
    guard let dtype = Self.codes[code], !dtype.isBlocks else { return nil }
    self = dtype
  }

  /// The number of elements that are stored together: 1 for most types.
  package var blockElementCount: Int { traits.elementCount }

  /// The size of so many elements, in bytes.
  package var blockByteCount: Int { traits.byteCount }

  /// What the elements stand for.
  package var kind: NumberKind { traits.kind }

  /// Whether the elements are numbers in blocks, as only GGUF has them.
  package var isBlocks: Bool { traits.kind == .blocks }

  /// Whether weft computes with the type; others are decoded before.
  package var isComputable: Bool { kind == .float && blockByteCount >= 2 && blockElementCount == 1 }

  /// The place of the type in the reference writer's order; larger comes first in a file.
  package var rank: Int { Self.ranks[self] ?? 0 }

  /// The size of one element in bytes, or nil for the types that store several together.
  package var byteWidth: Int? { blockElementCount == 1 ? blockByteCount : nil }

  /// The size of so many elements in bytes, or nil when they are no whole number of blocks or the size overflows.
  package func byteCount(elementCount: Int) -> Int? {
    guard elementCount % blockElementCount == 0 else { return nil }
    let (byteCount, overflow) = (elementCount / blockElementCount)
      .multipliedReportingOverflow(by: blockByteCount)
    return overflow ? nil : byteCount
  }
}
