/// The type of a tensor's elements, in the order in which safetensors writes them.
///
/// The order of the cases is the reference writer's: tensors are sorted by descending case, then by name, so that
/// every tensor is aligned to its own elements.
/// Source: https://github.com/huggingface/safetensors/blob/24b0b285/safetensors/src/tensor.rs
package enum DType: String, CaseIterable, Sendable, Hashable {
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
}

extension DType {
  private struct Traits {
    let bitWidth: Int
    let kind: NumberKind
  }

  private static let codes = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
  private static let ranks = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

  /// The one table of facts about the types; everything else is derived from it.
  ///
  /// It is no dictionary, because kernels ask it for every slice.
  private var traits: Traits {
    switch self {
    case .bool: Traits(bitWidth: 8, kind: .boolean)
    case .f4: Traits(bitWidth: 4, kind: .float)
    case .f6e2m3, .f6e3m2: Traits(bitWidth: 6, kind: .float)
    case .u8, .i8: Traits(bitWidth: 8, kind: .integer)
    case .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: Traits(bitWidth: 8, kind: .float)
    case .i16, .u16: Traits(bitWidth: 16, kind: .integer)
    case .f16, .bf16: Traits(bitWidth: 16, kind: .float)
    case .i32, .u32: Traits(bitWidth: 32, kind: .integer)
    case .f32: Traits(bitWidth: 32, kind: .float)
    case .c64: Traits(bitWidth: 64, kind: .complex)
    case .f64: Traits(bitWidth: 64, kind: .float)
    case .i64, .u64: Traits(bitWidth: 64, kind: .integer)
    }
  }

  /// The type of a code as files spell it; nil for an unknown one.
  package init?(code: String) {
    guard let dtype = Self.codes[code] else { return nil }
    self = dtype
  }

  /// The size of one element, in bits.
  package var bitWidth: Int { traits.bitWidth }

  /// What the elements stand for.
  package var kind: NumberKind { traits.kind }

  /// Whether weft computes with the type; others are only moved as bytes.
  package var isComputable: Bool { kind == .float && bitWidth >= 16 }

  /// The place of the type in the reference writer's order; larger comes first in a file.
  package var rank: Int { Self.ranks[self] ?? 0 }

  /// The size of one element in bytes, or nil for the types that pack several elements into a byte.
  package var byteWidth: Int? { bitWidth % 8 == 0 ? bitWidth / 8 : nil }
}
