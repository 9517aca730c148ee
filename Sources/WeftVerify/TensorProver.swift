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

  /// How a stored tensor differs from what the plan says it must be.
  func compare(
    _ stored: Checkpoint.Tensor, with planned: PlannedTensor, progress: (Int) throws -> Void
  ) throws -> TensorComparison {
    var total = Comparison()
    for piece in planned.pieces {
      let dtype = planned.info.dtype
      try computer.compute(piece, dtype: dtype) { slice, offset in
        if found.byteCount < slice.byteCount { found = ByteBuffer(byteCount: slice.byteCount) }
        let actual = found.all.prefix(slice.byteCount)
        try stored.read(at: piece.byteOffset + offset, into: actual)
        total += values(slice, actual, dtype: dtype)
        try progress(slice.byteCount)
      }
    }
    return TensorComparison(
      name: planned.info.name, elementCount: planned.info.elementCount, numbers: total)
  }

  /// Equal bytes are equal values; only others are worth a look at the numbers.
  private func values(_ expected: ByteSlice, _ actual: ByteSlice, dtype: DType) -> Comparison {
    let floats: Set<DType> = [.f16, .bf16, .f32, .f64]
    guard floats.contains(dtype) else {
      return Comparison(
        bytesEqual: expected.array == actual.array,
        elementCount: expected.byteCount * 8 / dtype.bitWidth)
    }
    return Kernels.best.compare(expected, dtype, actual, dtype)
  }
}
