import Synchronization
import WeftFiles
package import WeftKernels
package import WeftTensors
package import WeftTransform

/// Keeps the weights of layers as their files have them; parts of one tensor, such as stacked projections, share its bytes.
package final class KeptWeights: Sendable {
  private let reader: ValueReader
  private let tensors = Mutex<[Place: Checkpoint.Tensor]>([:])

  private struct Place: Hashable {
    let path: String, name: String
  }

  /// Keeps nothing yet; values are read once to see that they are sound.
  package init(_ reader: ValueReader) { self.reader = reader }

  /// A value whose bytes are kept; nil when it is more than a file's own bytes, or those are not fewer than a limit.
  ///
  /// - Throws: as `ValueReader.read` does.
  package func weight(
    _ value: ComputedValue, named name: String, shape: Shape, under byteCount: Int
  ) throws -> (any StoredWeight)? {
    guard let block = value.keptBlock, block.storedByteCount < byteCount else { return nil }
    let kept = StoredBlock(
      tensor: try inMemory(block.tensor), elementOffset: block.elementOffset, rows: block.rows,
      columns: block.columns, isTransposed: false)
    try reader.check(ComputedValue(kept), named: name)
    return KeptWeight(kept, shape: shape)
  }

  private func inMemory(_ tensor: Checkpoint.Tensor) throws -> Checkpoint.Tensor {
    let place = Place(path: tensor.source.path, name: tensor.info.name)
    return try tensors.withLock { tensors in
      if let found = tensors[place] { return found }
      let kept = try tensor.inMemory()
      tensors[place] = kept
      return kept
    }
  }
}

extension ComputedValue {
  /// What a file has of the values, when it is all of them in their order.
  var keptBlock: StoredBlock? { plainBlock.flatMap { $0.isTransposed ? nil : $0 } }
}
