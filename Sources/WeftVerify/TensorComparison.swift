package import WeftKernels
package import WeftTensors

/// How one tensor of a candidate differs from what it should be.
package struct TensorComparison: Sendable {
  /// The tensor's name in the candidate.
  package let name: String
  /// The number of elements.
  package let elementCount: Int
  /// The differences.
  package let numbers: Comparison

  /// Makes a comparison of a tensor.
  package init(name: String, elementCount: Int, numbers: Comparison) {
    self.name = name
    self.elementCount = elementCount
    self.numbers = numbers
  }

  /// Whether every element is equal.
  package var isEqual: Bool { numbers.different == 0 }

  /// The comparison as JSON.
  package var json: JSONValue {
    .object([
      "name": .string(name),
      "max_abs": .number(numbers.maxDifference),
      "relative_l2": .number(numbers.relativeL2),
      "cosine": .number(numbers.cosine),
      "elements": .integer(elementCount),
      "differing": .integer(numbers.different),
      "beyond_one_ulp": .integer(numbers.beyondOneUnit),
      "non_finite_mismatches": .integer(numbers.nonFiniteMismatches),
    ])
  }
}
