package import WeftKernels
package import WeftTensors

/// How one tensor of a candidate differs from what it should be.
package struct TensorComparison: Sendable {
  /// How values are encoded whose type has no units in the last place.
  package struct Encoding: Sendable {
    /// The elements that are encoded together.
    package let unitElementCount: Int
    /// How far apart two encodings of values that are equal but for a last rounding may be: twice the greatest error
    /// of the encoding.
    package let greatestStep: Double
  }

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
  /// The finite values of the reference that became infinite by their type, though they are what the type makes of them.
  package let overflowed: Int
  /// How the values are encoded, when they differ and their type is none that is computed with.
  package let encoding: Encoding?

  /// Makes a comparison of a tensor.
  package init(
    name: String, elementCount: Int, numbers: Comparison, hasSameBytes: Bool,
    hasSameType: Bool = true, overflowed: Int = 0, encoding: Encoding? = nil
  ) {
    self.name = name
    self.elementCount = elementCount
    self.numbers = numbers
    self.hasSameBytes = hasSameBytes
    self.hasSameType = hasSameType
    self.overflowed = overflowed
    self.encoding = encoding
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
