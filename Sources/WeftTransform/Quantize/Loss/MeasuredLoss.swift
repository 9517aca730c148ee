import WeftKernels

/// What a part of a tensor lost; parts are added up in the order of their elements.
struct MeasuredLoss: Sendable {
  /// The values before and after.
  var comparison = Comparison()
  /// Where the errors are; nil for values that are not encoded.
  var errors: ErrorSums?

  static func += (left: inout MeasuredLoss, right: MeasuredLoss) {
    left.comparison += right.comparison
    guard let other = right.errors else { return }
    guard left.errors != nil else {
      left.errors = other
      return
    }
    left.errors? += other
  }
}
