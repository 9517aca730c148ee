import WeftFiles
import WeftTensors

/// Reads the tensors of a model, whole and in pieces, which must give the same.
final class TensorReading {
  /// The most that is read of one model, in bytes.
  private static let maximumByteCount = 4 << 20
  private static let pieceByteCount = 64 << 10
  /// Tensors up to this size are read again in pieces that start and end within elements, in bytes.
  private static let maximumSplitByteCount = 512

  private let buffer = ByteBuffer(byteCount: pieceByteCount)
  private let second = ByteBuffer(byteCount: maximumSplitByteCount)

  /// Reads what a model says of its tensors, and their data up to a limit.
  func read(_ checkpoint: Checkpoint, into hasher: inout Hasher) throws {
    var left = Self.maximumByteCount
    var names: Set<String> = []
    for tensor in checkpoint.tensors {
      let info = tensor.info
      hasher.combine(info)
      guard names.insert(info.name).inserted else { throw Finding("two tensors of one name") }
      guard info.byteCount >= 0,
        info.dtype.byteCount(elementCount: info.elementCount) == info.byteCount
      else { throw Finding("a tensor of a wrong size: \(info)") }
      let count = min(left, info.byteCount)
      try read(tensor, byteCount: count, into: &hasher)
      left -= count
    }
  }

  private func read(
    _ tensor: Checkpoint.Tensor, byteCount: Int, into hasher: inout Hasher
  ) throws {
    for start in stride(from: 0, to: byteCount, by: Self.pieceByteCount) {
      let piece = buffer.all.prefix(min(Self.pieceByteCount, byteCount - start))
      try tensor.read(at: start, into: piece)
      withExtendedLifetime(piece) { hasher.combine(bytes: UnsafeRawBufferPointer(piece.memory)) }
    }
    guard byteCount == tensor.info.byteCount, 3...Self.maximumSplitByteCount ~= byteCount else {
      return
    }
    try compareSplit(tensor, byteCount: byteCount)
  }

  /// Compares what was read at once with the same in three parts, the last first.
  private func compareSplit(_ tensor: Checkpoint.Tensor, byteCount: Int) throws {
    let cuts = [0, byteCount / 3, byteCount / 3 * 2 + 1, byteCount]
    for index in [2, 0, 1] {
      let range = cuts[index]..<cuts[index + 1]
      if !range.isEmpty { try tensor.read(at: range.lowerBound, into: second[range]) }
    }
    guard second.all.prefix(byteCount).hasSameBytes(as: buffer.all.prefix(byteCount)) else {
      throw Finding("the pieces of \(tensor.info) differ from the whole")
    }
  }
}
