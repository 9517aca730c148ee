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
    /// What the networks compute, module by module.
    case forward
    /// The pictures that come of the same noise.
    case image

    /// Whether networks are run, so that values may be as far off as their types take them.
    package var runsNetworks: Bool { self == .forward || self == .image }
  }

  /// One question and its answer.
  package struct Check: Sendable {
    /// What was asked.
    package let name: String
    /// Whether the answer is yes.
    package let passes: Bool
    /// The numbers behind it.
    package let detail: String

    /// Makes an answer.
    package init(name: String, passes: Bool, detail: String) {
      (self.name, self.passes, self.detail) = (name, passes, detail)
    }
  }

  /// How closely the model was looked at.
  package let level: Level
  /// The questions in order.
  package let checks: [Check]
  /// The number of tensors that were looked at.
  package let tensorCount: Int
  /// The tensors whose values were compared.
  package let comparisons: [TensorComparison]
  /// How the networks compute; nil when they were not run.
  package let forward: ForwardReport?
  /// What pictures come of the model; nil when none were made.
  package let image: ImageReport?

  /// Makes a proof of checks and of what was compared.
  package init(
    level: Level, checks: [Check], tensorCount: Int, comparisons: [TensorComparison],
    forward: ForwardReport? = nil, image: ImageReport? = nil
  ) {
    self.level = level
    self.checks = checks
    self.tensorCount = tensorCount
    self.comparisons = comparisons
    self.forward = forward
    self.image = image
  }

  /// Whether every check passes.
  package var passes: Bool { checks.allSatisfy(\.passes) }

  /// The tensor that is furthest off; the module's output when no tensors were compared.
  package var worst: TensorComparison? {
    guard comparisons.isEmpty else {
      return comparisons.max {
        ($0.numbers.divergence, $1.name) < ($1.numbers.divergence, $0.name)
      }
    }
    return forward?.worstModule.map { component, module in
      let numbers = module.worstNumbers
      return TensorComparison(
        name: "\(component.name).\(module.path)", elementCount: numbers.count, numbers: numbers,
        hasSameBytes: numbers.different == 0)
    }
  }

  /// The proof as JSON.
  package var json: JSONValue {
    let members: KeyValuePairs<String, JSONValue?> = [
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
      "forward": forward?.json,
      "image": image?.json,
    ]
    return .object(members)
  }
}
