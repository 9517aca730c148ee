import WeftKernels
package import WeftTensors

/// The answer to whether a model is what it should be, with the questions and numbers behind it.
package struct Proof: Sendable {
  /// How closely a model was looked at.
  package enum Level: String, Sendable, CaseIterable {
    /// Names, types and shapes.
    case structure
    /// The values of every tensor.
    case weights
  }

  /// One question and its answer.
  package struct Check: Sendable {
    /// What was asked.
    package let name: String
    /// Whether the answer is yes.
    package let passes: Bool
    /// The numbers behind it.
    package let detail: String
  }

  /// How closely the model was looked at.
  package let level: Level
  /// The questions in order.
  package let checks: [Check]
  /// The number of tensors that were looked at.
  package let tensorCount: Int
  /// The tensors whose values were compared.
  package let comparisons: [TensorComparison]

  /// Whether every check passes.
  package var passes: Bool { checks.allSatisfy(\.passes) }

  /// The tensor that is furthest off.
  package var worst: TensorComparison? {
    comparisons.max { ($0.numbers.relativeL2, $1.name) < ($1.numbers.relativeL2, $0.name) }
  }

  /// The proof as JSON.
  package var json: JSONValue {
    .object([
      "verdict": .string(passes ? "pass" : "fail"),
      "level": .string(level.rawValue),
      "tensors": .integer(tensorCount),
      "worst": worst?.json ?? .null,
      "checks": .array(
        checks.map { check in
          .object([
            "name": .string(check.name), "pass": .bool(check.passes),
            "detail": .string(check.detail),
          ])
        }),
    ])
  }
}
