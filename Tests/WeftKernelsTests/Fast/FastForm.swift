import Testing
import WeftKernels
import WeftTensors

/// Instructions and a type in which the fast backend keeps activations.
struct FastForm: Sendable, CustomTestStringConvertible {
  let set: FastInstructionSet
  let element: Tensor.Element

  var testDescription: String { "\(set.name) \(element)" }

  /// All that this processor has.
  static let available: [FastForm] = FastInstructionSet.available.flatMap { set in
    [Tensor.Element.float32, .bfloat16].map { FastForm(set: set, element: $0) }
  }

  /// A backend of this form.
  func backend(threads: Int = 2) throws -> FastBackend {
    try FastBackend(
      threads: threads, precision: element == .float32 ? .f32 : .bf16, set, storing: element)
  }

  /// A tensor's values as they are when they are stored in this form.
  func stored(_ x: Tensor) -> Tensor {
    element == .float32 ? x : Tensor(x.shape, x.floats.map { $0.roundedToBFloat16 })
  }

  /// Whether a result is that of float64: but for some of float32's roundings, or for the last one to bfloat16.
  func agrees(_ result: Tensor, _ expected: [Double]) -> Bool {
    let rounding =
      element == .float32
      ? Self.tolerance : relativeL2(expected.map { Double(Float($0).roundedToBFloat16) }, expected)
    return relativeL2(result.doubles, expected) <= rounding * Self.slack + Self.tolerance
  }

  /// Sums in vectors, and functions that are exact to some places: a few of float32's roundings.
  private static let tolerance = 1e-6
  /// Functions for bfloat16 are exact to an eighth of a place, which moves few roundings.
  private static let slack = 1.02
}

extension Float {
  /// The nearest number of bfloat16, of two the even one; subnormal numbers are zero, as they are for some processors.
  var roundedToBFloat16: Float {
    guard isFinite, !isSubnormal else { return isFinite ? 0 : self }
    return Float(bitPattern: (bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)) & 0xFFFF_0000)
  }
}
