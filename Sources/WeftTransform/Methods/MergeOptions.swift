package import WeftFormats

/// The options of a merge method, or those that one of the merged models has for itself, for one tensor.
///
/// Every option that `formats/merges/` names for the method is there, at its own value or its default.
package struct MergeOptions: Sendable, Equatable {
  /// The values by the options' names.
  package var values: [String: MergeOption.Value]

  /// Makes options of their values.
  package init(_ values: [String: MergeOption.Value] = [:]) { self.values = values }

  /// A number that is finite and not outside a range.
  ///
  /// - Throws: `TransformError` (exit code 2) when it is missing, no number, or outside.
  package func number(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    guard let number = values[name]?.double else { throw missing(name, "a number") }
    guard range.contains(number) else {
      throw TransformError.refused(
        "the option \(name) is \(number)", at: nil,
        advice: "give a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Any finite number.
  package func number(_ name: String) throws -> Double {
    try number(name, in: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude))
  }

  /// A whole number from 0 to 2^53.
  package func seed(_ name: String) throws -> UInt64 {
    let number = try number(name, in: 0...0x1p53)
    guard let seed = UInt64(exactly: number) else { throw missing(name, "a whole number") }
    return seed
  }

  /// A flag.
  package func flag(_ name: String) throws -> Bool {
    guard let flag = values[name]?.flag else { throw missing(name, "true or false") }
    return flag
  }

  /// A choice among the words of an enumeration.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _: Choice.Type
  ) throws -> Choice where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    guard let word = values[name]?.word, let choice = Choice(rawValue: word) else {
      throw missing(name, "one of \(words)")
    }
    return choice
  }

  private func missing(_ name: String, _ wanted: String) -> TransformError {
    TransformError.refused(
      "the option \(name) is missing or of another kind", at: nil, advice: "give \(wanted)")
  }
}
