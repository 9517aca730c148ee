import WeftTensors
import WeftFormats
import WeftTransform

extension ForwardReport.Tolerance {
  /// What a candidate's types take apart in a network, which may be in components of several names.
  ///
  /// Types count where they are not the reference's, or where the reference's values come from adapters, so that they
  /// were rounded once more.
  init(
    _ candidate: AdaptedModel, _ reference: AdaptedModel, components: [String],
    table: ToleranceTable
  ) {
    var counts: [String: Int] = [:]
    var total = 0
    for (name, stored) in candidate.base.stored where components.contains(name.component) {
      let count = stored.shape.checkedElementCount ?? 0
      total += count
      let form = stored.tensor.typeName
      let other = reference.base.stored[name]?.tensor.typeName ?? form
      let isChanged = reference.values[name] != nil
      guard form != other || isChanged else { continue }
      counts[form, default: 0] += count
    }
    let outputs = table.network(counts, of: total)
    let isExact = outputs <= table.floor
    self.init(
      outputs: outputs, modules: min(1, outputs * (isExact ? 1 : table.moduleMargin)),
      reason: isExact
        ? "for the same values, with sums in another order"
        : "for weights of " + counts.keys.sorted().joined(separator: ", "))
  }

  /// What the user accepts.
  init(_ tolerance: Double) {
    self.init(outputs: tolerance, modules: tolerance, reason: "as --tolerance says")
  }
}
