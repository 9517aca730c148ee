import WeftFormats

/// Puts together what all adapters do to the tensors.
///
/// Replacements come first, whatever the order of the adapters, so that nothing that is added is lost. Then each adapter
/// acts on what the ones before it gave, in the order in which they were given; that order matters only where one of them
/// is no sum.
struct ValueBuilder {
  /// What the values are before this fuse.
  let start: (CanonicalName) -> ComputedValue?

  /// The values of all tensors that change, by canonical name.
  func values(_ contributions: [Contribution]) throws -> [CanonicalName: ComputedValue] {
    let effective = contributions.filter { !$0.isIdentity }
    try refuseTwoReplacements(effective)
    var values: [CanonicalName: ComputedValue] = [:]
    for contribution in effective.filter(\.replaces) + effective.filter({ !$0.replaces }) {
      let target = contribution.target
      guard var value = values[target] ?? start(target) else { continue }
      try value.apply(contribution.change)
      values[target] = value
    }
    return values
  }

  private func refuseTwoReplacements(_ contributions: [Contribution]) throws {
    var replacedBy: [CanonicalName: String] = [:]
    for contribution in contributions where contribution.replaces {
      if let other = replacedBy.updateValue(contribution.origin, forKey: contribution.target) {
        throw TransformError.refused(
          "two adapters replace \(contribution.target.path)",
          at: "\(other), \(contribution.origin)", advice: "fuse only one of them")
      }
    }
  }

  /// How many tensors are changed by a non-linear adapter and another one, in the adapters' order.
  static func orderedTargets(_ contributions: [Contribution]) -> Int {
    let effective = contributions.filter { !$0.isIdentity && !$0.replaces }
    return Dictionary(grouping: effective, by: \.target).values.count { changes in
      changes.count > 1 && changes.contains(where: \.isNonlinear)
    }
  }
}
