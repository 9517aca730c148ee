import WeftFiles
import WeftFormats
import WeftTensors
package import WeftTransform

extension BaseModel {
  /// The components that the model has, in the order of its architecture.
  package var components: [String] {
    let present = Set(stored.keys.map(\.component))
    return recognition.architecture?.components.map(\.name).filter(present.contains) ?? []
  }

  /// Refuses a component that is not there, or that no network can be built of.
  func requireComplete(_ component: String) throws {
    guard components.contains(component) else {
      throw NetworkError(
        status: .noInput, what: "the model has no \(component)", place: checkpoint.path,
        advice: "it has \(components.joined(separator: ", ")): choose one of them")
    }
    try refuse(
      recognition.missing.filter { $0.component == component }.map(\.path), "missing")
    try refuse(
      recognition.mismatches.filter { $0.name.component == component }.map {
        "\($0.name.path) (\($0.shape), but must be \($0.wanted))"
      }, "of the wrong shape")
    try refuse(
      stored.filter { $0.key.component == component && !$0.value.tensor.info.dtype.isComputable }
        .map { "\($0.key.path) (\($0.value.tensor.info.dtype.rawValue))" }.sorted(), "no floats")
  }

  private func refuse(_ tensors: [String], _ what: String) throws {
    guard !tensors.isEmpty else { return }
    let named = tensors.prefix(Self.namedTensorLimit).joined(separator: ", ")
    let rest = tensors.count - Self.namedTensorLimit
    throw NetworkError(
      status: .refused,
      what: "\(tensors.count) tensor\(tensors.count == 1 ? " is" : "s are") \(what): \(named)"
        + (rest > 0 ? " and \(rest) more" : ""),
      place: checkpoint.path, advice: "use a complete model; weft inspect --tensors shows this one")
  }

  /// How many tensors a message names before it counts the rest.
  private static let namedTensorLimit = 5
}
