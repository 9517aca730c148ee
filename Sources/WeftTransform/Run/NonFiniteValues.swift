import WeftKernels
package import WeftTensors

/// Values that are not finite in an input, or became infinite in the output's type.
package struct NonFiniteValues: ActionableError {
  /// How many tensors a message names before it counts the rest.
  static let namedTensorLimit = 5

  /// The tensors with such values in their sources, sorted.
  package let inputs: [String]
  /// The tensors in which finite values became infinite, sorted.
  package let overflows: [String]

  /// The files that the tensors come from, by the tensors' names.
  var paths: [String: String] = [:]

  /// Throws when any tally counts such values.
  static func check(
    _ tallies: [String: Tally], paths: (String) -> String?
  ) throws(NonFiniteValues) {
    var error = NonFiniteValues(
      inputs: tallies.filter { $0.value.nonFiniteInputs > 0 }.keys.sorted(),
      // What is not finite before makes scales that are not, either.
      overflows: tallies.filter { $0.value.overflowed > 0 && $0.value.nonFiniteInputs == 0 }
        .keys.sorted())
    guard !error.inputs.isEmpty || !error.overflows.isEmpty else { return }
    for name in error.inputs + error.overflows { error.paths[name] = paths(name) }
    throw error
  }

  /// The data cannot be used as it is.
  package var status: ExitStatus { .badData }

  /// What is wrong, with the numbers of tensors.
  package var what: String {
    var parts: [String] = []
    if !inputs.isEmpty { parts.append("NaN or infinite values in \(Self.tensors(inputs.count))") }
    if !overflows.isEmpty {
      parts.append("values overflow to infinity in \(Self.tensors(overflows.count))")
    }
    return parts.joined(separator: ", ")
  }

  private static func tensors(_ count: Int) -> String {
    count == 1 ? "1 tensor" : "\(count) tensors"
  }

  /// The files and the first tensors by name.
  package var place: String? {
    let names = inputs + overflows.filter { !inputs.contains($0) }
    let rest = names.count - Self.namedTensorLimit
    let files = Set(paths.values)
    let shown = names.prefix(Self.namedTensorLimit).map { name in
      files.count > 1 ? "\(paths[name].map { "\($0): " } ?? "")\(name)" : name
    }
    let only = files.count == 1 ? files.first.map { "\($0): " } : nil
    return (only ?? "") + shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// What to do next.
  package var advice: String {
    overflows.isEmpty
      ? "use a sound file, or let them through with --allow-non-finite"
      : "keep a wider type with --dtype (where types are quantised with --rule 'NAME=bf16', of 8 bits "
        + "with --saturate), or let them through with --allow-non-finite"
  }
}
