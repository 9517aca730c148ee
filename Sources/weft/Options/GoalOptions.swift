import ArgumentParser
import WeftTensors
import WeftTransform

/// What the types of tensors are chosen for, instead of one type for all.
struct GoalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Choose the types for the smallest error in at most this size of the output, such as 1.2GB or 900MiB.",
      valueName: "size"))
  var targetSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Choose the types for the smallest output with at most this error relative to the values, such as 0.02.",
      valueName: "error"))
  var maxError: Double?

  func validate() throws {
    if targetSize != nil, maxError != nil {
      throw ValidationError("--target-size and --max-error exclude each other")
    }
    if let maxError, !(maxError >= 0 && maxError.isFinite) {
      throw ValidationError("--max-error must be 0 or more, not \(maxError)")
    }
  }

  /// The goal, or nil; the types are names with commas between them.
  func goal(types: String?) -> QuantizationGoal? {
    let names = types.map { $0.lowercased().split(separator: ",").map(String.init) } ?? []
    if let targetSize { return QuantizationGoal(.byteCount(targetSize.value), types: names) }
    return maxError.map { QuantizationGoal(.error($0), types: names) }
  }
}
