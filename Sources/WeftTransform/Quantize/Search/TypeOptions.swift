import WeftKernels

/// The types that a tensor could have, with their sizes and measured errors.
struct TypeOptions: Sendable {
  /// A type of a tensor.
  struct Option: Sendable {
    /// The name as recipes have it: of a type, or `keep`.
    let type: String
    /// The size in the output, in bytes.
    let byteCount: Int
    /// The sum of (value - stored)^2.
    let squaredError: Double
  }

  /// The tensor's name in the output.
  let name: String
  /// Whether a rule decides the type.
  let isFixed: Bool
  /// The types; several unless a rule decides.
  let options: [Option]
  /// The sum of the squared values.
  let sumOfSquares: Double

  /// Puts together what was measured; types that not all values fit are left out.
  init(_ tensor: SurveyedTensor, errors: [SquaredError]) {
    name = tensor.name
    isFixed = tensor.isFixed
    // Values that are not finite, where they are let through, are in no error.
    sumOfSquares = errors.lazy.map(\.ofValues).first { $0.isFinite } ?? 0
    let kept = tensor.keptByteCount.map {
      Option(type: SurveyPlanner.ownType, byteCount: $0, squaredError: 0)
    }
    let measured = zip(tensor.trials, errors).filter { $1.ofDifferences.isFinite }
      .map { trial, error in
        Option(type: trial.type, byteCount: trial.byteCount, squaredError: error.ofDifferences)
      }
    options = (kept.map { [$0] } ?? []) + measured
  }
}
