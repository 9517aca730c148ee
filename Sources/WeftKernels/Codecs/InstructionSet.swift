import CKernels

/// An instruction set that kernels are written for; all give the same bytes.
package enum InstructionSet: UInt32, CaseIterable, Sendable, Comparable {
  case scalar, avx2, avx512

  /// The best one that this processor has.
  package static let best = InstructionSet(rawValue: weft_best_isa().rawValue) ?? .scalar

  /// Those that this processor has.
  package static var available: [InstructionSet] { allCases.filter { $0 <= best } }

  var raw: weft_isa { weft_isa(rawValue: rawValue) }

  package static func < (one: InstructionSet, other: InstructionSet) -> Bool {
    one.rawValue < other.rawValue
  }
}
