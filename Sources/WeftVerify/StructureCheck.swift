import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// Whether a model has the tensors that it should have.
struct StructureCheck {
  /// What the model is.
  let candidate: BaseModel
  /// Its tensors, as they are stored or with their values.
  let tensors: Checkpoint
  /// What it should have.
  let expected: [PlannedTensor]

  private static let namedLimit = 3

  var checks: [Proof.Check] {
    let missing = expected.map(\.info).filter { tensors[$0.name] == nil }
    let odd = expected.map(\.info).filter { info in
      guard let found = tensors[info.name]?.info else { return false }
      return found.shape != info.shape || found.dtype != info.dtype
    }
    return [
      check("no tensor is missing", missing.map(\.name)),
      check("no tensor is unexpected", unexpected),
      check(
        "shapes and types can be compared",
        odd.map { "\($0.name) should be \($0.dtype.rawValue) \($0.shape)" }),
    ]
  }

  private var unexpected: [String] {
    let names = Set(expected.map(\.info.name))
    let others = tensors.tensors.map(\.info.name).filter { !names.contains($0) }
    guard candidate.recognition.architecture != nil else { return others }
    let bindings = zip(candidate.checkpoint.tensors, candidate.recognition.bindings)
    let auxiliary = Set(
      bindings.compactMap { tensor, binding in
        if case .auxiliary = binding { tensor.info.name } else { nil }
      })
    return others.filter { !auxiliary.contains($0) }
  }

  private func check(_ name: String, _ faults: [String]) -> Proof.Check {
    Proof.Check(
      name: name, passes: faults.isEmpty,
      detail: faults.isEmpty
        ? "\(expected.count) tensors"
        : "\(faults.count): " + faults.prefix(Self.namedLimit).joined(separator: ", "))
  }
}
