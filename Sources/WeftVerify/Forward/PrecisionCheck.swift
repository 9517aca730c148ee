import WeftTensors
import WeftFiles
package import WeftFormats
package import WeftTransform

/// Whether the layers that quantisation hurts most are left alone: the first and last convolutions, and the embeddings of
/// the time.
///
/// What these layers are is what the policy `generic` keeps by name.
package enum PrecisionCheck {
  private static let policy = "generic"
  private static let namedLimit = 3

  /// The question and its answer; nil for a model without quantised tensors.
  package static func check(_ candidate: BaseModel, library: FormatLibrary) -> Proof.Check? {
    let quantised = candidate.stored.filter { $0.value.tensor.stored != nil }
    guard !quantised.isEmpty else { return nil }
    let rules = library.quantPolicies.first { $0.id == policy }?.keeps.filter(\.isByName) ?? []
    let faults = quantised.compactMap { name, stored -> String? in
      let subject = QuantRule.Subject(
        name: name.path, component: name.component, shape: stored.shape,
        storedShape: stored.shape, dtype: stored.tensor.info.dtype)
      guard let rule = rules.first(where: { $0.fits(subject) }) else { return nil }
      return "\(name.path) is \(stored.tensor.typeName), but is \(rule.why)"
    }.sorted()
    return Proof.Check(
      name: "layers that quantisation hurts are left alone", passes: faults.isEmpty,
      detail: faults.isEmpty
        ? "\(quantised.count) tensors are quantised, none of these"
        : "\(faults.count): " + faults.prefix(namedLimit).joined(separator: "; "))
  }
}
