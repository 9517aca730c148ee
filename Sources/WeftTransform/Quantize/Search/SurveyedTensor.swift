import WeftTensors

/// A tensor that could be stored in several types, or has a type by a rule.
struct SurveyedTensor: Sendable {
  /// The name in the output.
  let name: String
  /// The values as float32, in groups that every encoder takes.
  let values: PlannedTensor
  /// The size in the input, in bytes.
  let storedByteCount: Int
  /// The types that lose something, which is measured.
  let trials: [TypeTrial]
  /// The size of the tensor as it is, in bytes of the output; nil when it cannot stay so.
  let keptByteCount: Int?
  /// Whether a rule decides the type, which is then the only one.
  let isFixed: Bool

  /// Whether there is anything to choose, or anything that counts.
  var isWorthMeasuring: Bool { !trials.isEmpty }
}

extension SurveyedTensor {
  /// Gives float32 values their groups; nil when the tensor's parts do not start with one.
  static func grouped(_ values: PlannedTensor, for trials: [TypeTrial]) -> PlannedTensor? {
    let grain = trials.reduce(1) { leastCommonMultiple($0, $1.encoding?.grain ?? 1) }
    return values.stored(as: .f32, encoding: WholeGrains(grain: grain))
  }

  private static func leastCommonMultiple(_ one: Int, _ other: Int) -> Int {
    var (a, b) = (one, other)
    while b != 0 { (a, b) = (b, a % b) }
    return one / a * other
  }
}
