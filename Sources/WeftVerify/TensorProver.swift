import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// Computes what a planned tensor must be a second way, and compares it with what is stored.
///
/// One thread at a time uses a prover.
final class TensorProver: @unchecked Sendable {
  private var found = ByteBuffer(byteCount: 1 << 20)
  private let computer = ReferenceComputer()

  /// How stored tensors differ from what is planned, in the order of the pairs.
  static func compare(
    _ pairs: [(PlannedTensor, Checkpoint.Tensor)], threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> [TensorComparison] {
    let results = Mutex<[Int: TensorComparison]>([:])
    let provers = Mutex<[Int: TensorProver]>([:])
    try Parallel.run(threads: threads, count: pairs.count) { worker, index in
      let prover = provers.withLock { provers in
        let prover = provers[worker] ?? TensorProver()
        provers[worker] = prover
        return prover
      }
      let result = try prover.compare(pairs[index].1, with: pairs[index].0, progress: progress)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// How a stored tensor differs from what the plan says it must be.
  ///
  /// Equal bytes are equal values, which is the usual end; only a tensor that differs is gone through for its numbers.
  func compare(
    _ stored: Checkpoint.Tensor, with planned: PlannedTensor, progress: (Int) throws -> Void
  ) throws -> TensorComparison {
    var isEqual = true
    try eachTile(of: planned, stored: stored) { expected, actual in
      isEqual = isEqual && expected.hasSameBytes(as: actual)
      try progress(expected.byteCount)
    }
    var numbers = Comparison()
    numbers.count = planned.info.elementCount
    if !isEqual {
      numbers = Comparison()
      try eachTile(of: planned, stored: stored) { expected, actual in
        numbers += values(expected, actual, dtype: planned.info.dtype)
      }
    }
    return TensorComparison(
      name: planned.info.name, elementCount: planned.info.elementCount, numbers: numbers,
      hasSameBytes: isEqual)
  }

  private func eachTile(
    of planned: PlannedTensor, stored: Checkpoint.Tensor,
    _ body: (_ expected: ByteSlice, _ actual: ByteSlice) throws -> Void
  ) throws {
    for piece in planned.pieces {
      try computer.compute(piece, of: planned) { slice, offset in
        if found.byteCount < slice.byteCount { found = ByteBuffer(byteCount: slice.byteCount) }
        let actual = found.all.prefix(slice.byteCount)
        try stored.read(at: offset, into: actual)
        try body(slice, actual)
      }
    }
  }

  /// The numbers of a tile; of types that cannot be computed with, only whether it is equal.
  private func values(_ expected: ByteSlice, _ actual: ByteSlice, dtype: DType) -> Comparison {
    guard dtype.isComputable else {
      return Comparison(
        bytesAreEqual: expected.hasSameBytes(as: actual),
        elementCount: expected.byteCount / dtype.blockByteCount * dtype.blockElementCount)
    }
    return Kernels.best.compare(expected, dtype, actual, dtype)
  }
}
