/// What the functions and classes that pickles name can do when they are called.
package struct PickleNames: Sendable {
  /// What a name means for someone who loads the pickle.
  package enum Severity: String, Sendable, Comparable, CaseIterable {
    /// It can only make values of a checkpoint.
    case harmless
    /// It belongs to the state of a training program.
    case notice
    /// Nothing is known of it.
    case suspicious
    /// It runs code, or reaches files or the network.
    case dangerous

    /// From the least to the most severe.
    package static func < (left: Severity, right: Severity) -> Bool {
      left.order < right.order
    }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  let harmless: Set<String>
  let training: [Glob]
  let dangerous: [Glob]

  /// Judges a name within a module.
  package func severity(module: String, name: String) -> Severity {
    let title = "\(module).\(name)"
    if harmless.contains(title) { return .harmless }
    if dangerous.contains(where: { $0.matches(title) }) { return .dangerous }
    // A name with dots leads on to whatever the module has imported; only a class starts with a capital.
    guard !name.utf8.contains(UInt8(ascii: ".")), name.first?.isUppercase == true else {
      return .suspicious
    }
    return training.contains { $0.matches(module) } ? .notice : .suspicious
  }
}
