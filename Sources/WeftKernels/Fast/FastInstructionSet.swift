import CKernels
import COneDNN

/// The instructions that the fast backend may use.
package enum FastInstructionSet: UInt32, CaseIterable, Sendable, Comparable {
  case scalar, avx2, avx512
  /// AVX-512 with products of bfloat16.
  case avx512BF16

  /// The name for people.
  package var name: String { self == .avx512BF16 ? "avx512_bf16" : String(describing: self) }

  /// The one of a name, or nil.
  package static func named(_ name: String) -> FastInstructionSet? {
    allCases.first { $0.name == name }
  }

  /// The best that this processor has.
  package static let best =
    FastInstructionSet(rawValue: weft_best_fast_isa().rawValue) ?? .scalar

  /// Those that this processor has.
  package static var available: [FastInstructionSet] { allCases.filter { $0 <= best } }

  /// Whether activations of bfloat16 are worth their rounding.
  package var computesBFloat16: Bool { self == .avx512BF16 }

  /// Whether products of 8-bit integers are worth their rounding.
  package var computesIntegers: Bool { self == .best && weft_has_integer_products() }

  var raw: weft_fast_isa { weft_fast_isa(rawValue: rawValue) }

  /// The limit for oneDNN, which may use all that there is when nothing is kept from the kernels.
  var oneDNN: weft_onednn_isa {
    if self == .best { return WEFT_ONEDNN_ALL }
    return switch self {
    case .scalar: WEFT_ONEDNN_SSE41
    case .avx2: WEFT_ONEDNN_AVX2
    case .avx512, .avx512BF16: WEFT_ONEDNN_AVX512
    }
  }

  package static func < (one: FastInstructionSet, other: FastInstructionSet) -> Bool {
    one.rawValue < other.rawValue
  }
}
