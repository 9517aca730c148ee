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
  /// Whether the bytes are the same; equal numbers may have other bytes, as the two zeros do.
  package let hasSameBytes: Bool
  /// Whether both tensors are of one type, so that their bytes say the same.
  package let hasSameType: Bool

  /// Makes a comparison of a tensor.
  package init(
    name: String, elementCount: Int, numbers: Comparison, hasSameBytes: Bool,
    hasSameType: Bool = true
  ) {
    self.name = name
    self.elementCount = elementCount
    self.numbers = numbers
    self.hasSameBytes = hasSameBytes
    self.hasSameType = hasSameType
  }

  /// Whether the tensors are the same: the same bytes, or the same numbers in two types.
  package var isEqual: Bool { hasSameType ? hasSameBytes : numbers.different == 0 }

  /// The comparison as JSON.
  package var json: JSONValue {
    .object([
      "name": .string(name),
      "max_abs": .number(numbers.maxDifference),
      "relative_l2": .number(numbers.relativeL2),
      "cosine": .number(numbers.cosine),
      "elements": .integer(elementCount),
      "same_bytes": .bool(hasSameBytes),
      "differing": .integer(numbers.different),
      "beyond_one_ulp": .integer(numbers.beyondOneUnit),
      "non_finite_mismatches": .integer(numbers.nonFiniteMismatches),
    ])
  }
}
