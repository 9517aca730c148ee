import WeftTensors
import WeftFormats
import WeftTransform

extension ForwardReport.Tolerance {
  /// What a candidate's types take apart in a network, which may be in components of several names.
  ///
  /// The type that the candidate is computed in counts as if its weights had it. A type counts where the reference's values come from adapters, so that they were rounded once more, and where it is
  /// not the reference's; but not when fewer than one weight in `leastShare` has it: a single layer must not make room for
  /// the others' faults.
  init(
    _ candidate: AdaptedModel, _ reference: AdaptedModel, components: [String],
    computed: String?, table: ToleranceTable
  ) {
    var (types, others) = (Set(computed.map { [$0] } ?? []), [String: Int]())
    var total = 0
    for (name, stored) in candidate.base.stored where components.contains(name.component) {
      let (type, count) = (stored.tensor.typeName, stored.shape.checkedElementCount ?? 0)
      total += count
      if reference.values[name] != nil {
        types.insert(type)
      } else if reference.base.stored[name]?.tensor.typeName != type {
        others[type, default: 0] += count
      }
    }
    let rare = others.filter { $0.value * Self.leastShare < total }.keys
    types.formUnion(others.keys.filter { !rare.contains($0) })
    self.init(types, rare: Set(rare).subtracting(types), isComputed: computed != nil, table)
  }

  private init(
    _ types: Set<String>, rare: Set<String>, isComputed: Bool, _ table: ToleranceTable
  ) {
    let outputs = table.network(types)
    let isExact = outputs <= table.floor
    let reason =
      isExact
      ? "for the same values, with sums in another order"
      : (isComputed ? "for " : "for weights of ") + types.sorted().joined(separator: ", ")
    let exception =
      rare.isEmpty
      ? "" : ", without regard to \(rare.sorted().joined(separator: ", ")), which few weights have"
    self.init(
      outputs: outputs, modules: min(1, outputs * (isExact ? 1 : table.moduleMargin)),
      reason: reason + exception)
  }

  private static let leastShare = 100

  /// What the user accepts.
  init(_ tolerance: Double) {
    self.init(outputs: tolerance, modules: tolerance, reason: "as --tolerance says")
  }
}
