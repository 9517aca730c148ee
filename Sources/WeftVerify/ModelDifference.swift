import Synchronization
package import WeftFiles
import WeftFormats
import WeftKernels
package import WeftTensors
import WeftTransform

/// What two models have in common and how the rest differs.
package struct ModelDifference: Sendable {
  /// A tensor that both have, in different types or shapes.
  package struct Mismatch: Sendable {
    /// The tensor's name.
    package let name: String
    /// Its type and shape in the first model.
    package let first: String
    /// Its type and shape in the second model.
    package let second: String
  }

  /// The tensors that only the first model has.
  package let onlyInFirst: [String]
  /// The tensors that only the second model has.
  package let onlyInSecond: [String]
  /// The tensors whose shapes differ, so that their values cannot be compared.
  package let mismatches: [Mismatch]
  /// The tensors whose types differ; their values are compared all the same.
  package let retyped: [Mismatch]
  /// The tensors whose values differ, most different first.
  package let changed: [TensorComparison]
  /// The number of tensors with equal values.
  package let equalCount: Int
  /// The metadata keys whose values differ or that only one model has.
  package let metadataKeys: [String]

  /// Whether the tensors are the same; metadata does not count.
  package var isEqual: Bool {
    onlyInFirst.isEmpty && onlyInSecond.isEmpty && mismatches.isEmpty && retyped.isEmpty
      && changed.isEmpty
  }
}

extension ModelDifference {
  /// Compares two models tensor by tensor, by their names.
  ///
  /// Models that were decoded are compared by their values where a tensor is stored in two forms.
  package static func between(
    _ first: Checkpoint, _ second: Checkpoint, threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> ModelDifference {
    let pairs = first.tensors.compactMap { tensor in
      second[tensor.info.name].map { (tensor, $0) }
    }
    let comparable = pairs.filter { $0.info.shape == $1.info.shape }
    let changed = try TensorComparer.compare(comparable, threads: threads, progress: progress)
    try first.checkIntegrity()
    try second.checkIntegrity()
    return ModelDifference(
      onlyInFirst: first.tensors.map(\.info.name).filter { second[$0] == nil },
      onlyInSecond: second.tensors.map(\.info.name).filter { first[$0] == nil },
      mismatches: pairs.filter { $0.info.shape != $1.info.shape }.map(mismatch),
      retyped: comparable.filter { $0.form != $1.form }.map(mismatch),
      changed: changed.filter { !$0.isEqual }.sorted {
        ($1.numbers.relativeL2, $0.name) < ($0.numbers.relativeL2, $1.name)
      },
      equalCount: changed.count { $0.isEqual },
      metadataKeys: Set(first.metadata.keys).union(second.metadata.keys)
        .filter { first.metadata[$0] != second.metadata[$0] }.sorted())
  }

  private static func mismatch(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor
  ) -> Mismatch {
    Mismatch(
      name: first.info.name, first: "\(first.form.name) \(first.info.shape)",
      second: "\(second.form.name) \(second.info.shape)")
  }

  /// The difference as JSON.
  package var json: JSONValue {
    .object([
      "equal": .bool(isEqual),
      "only_in_a": .strings(onlyInFirst),
      "only_in_b": .strings(onlyInSecond),
      "changed": .array(changed.map(\.json)),
      "shape_mismatches": .array(mismatches.map(value)),
      "dtype_changes": .array(retyped.map(value)),
      "equal_tensors": .integer(equalCount),
      "metadata_changes": .strings(metadataKeys),
    ])
  }

  private func value(_ mismatch: Mismatch) -> JSONValue {
    .object([
      "name": .string(mismatch.name), "a": .string(mismatch.first),
      "b": .string(mismatch.second),
    ])
  }
}
