package import WeftFiles
import WeftTensors

extension Checkpoint.Tensor {
  /// The same tensor with its stored bytes in memory, those from which its values are decoded, too.
  ///
  /// - Throws: when its file cannot be read.
  package func inMemory() throws -> Checkpoint.Tensor {
    if let source = source as? DecodedSource {
      return Checkpoint.Tensor(info: info, source: try source.inMemory(), offset: offset)
    }
    return Checkpoint.Tensor(
      info: info, source: MemorySource(try bytes(), path: source.path), offset: 0)
  }

  /// The bytes that the tensor takes where it is stored, with all that its values are decoded from.
  package var storedByteCount: Int {
    stored?.parts.filter { !$0.isCompanion }.reduce(0) { $0 + $1.tensor.info.byteCount }
      ?? info.byteCount
  }
}
