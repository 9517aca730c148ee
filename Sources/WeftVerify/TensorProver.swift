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
  private lazy var values = TensorComparer.makeBuffers()

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
    let before = computer.tally.overflowed
    try eachTile(of: planned, stored: stored) { expected, actual, _ in
      isEqual = isEqual && expected.hasSameBytes(as: actual)
      try progress(expected.byteCount)
    }
    let overflowed = computer.tally.overflowed - before
    var difference = Difference()
    difference.numbers.count = planned.valueCount
    if !isEqual { difference = try self.difference(of: stored, from: planned) }
    return TensorComparison(
      name: planned.info.name, elementCount: planned.valueCount, numbers: difference.numbers,
      hasSameBytes: isEqual, overflowed: overflowed, encoding: difference.encoding)
  }

  private struct Difference {
    var numbers = Comparison()
    var encoding: TensorComparison.Encoding?
  }

  @discardableResult
  private func eachTile(
    of planned: PlannedTensor, stored: Checkpoint.Tensor, measuresLoss: Bool = false,
    _ body: (_ expected: ByteSlice, _ actual: ByteSlice, _ offset: Int) throws -> Void
  ) throws -> Double {
    var greatestLoss = 0.0
    for piece in planned.pieces {
      let loss = try computer.compute(piece, of: planned, measuresLoss: measuresLoss) {
        slice, offset in
        if found.byteCount < slice.byteCount { found = ByteBuffer(byteCount: slice.byteCount) }
        let actual = found.all.prefix(slice.byteCount)
        try stored.read(at: offset, into: actual)
        try body(slice, actual, offset)
      }
      greatestLoss = max(greatestLoss, loss?.maxDifference ?? 0)
    }
    return greatestLoss
  }

  // MARK: Numbers

  /// The numbers of a tensor that differs; of types that stand for no values, only which tiles are equal.
  private func difference(
    of stored: Checkpoint.Tensor, from planned: PlannedTensor
  ) throws -> Difference {
    let dtype = planned.info.dtype
    if let encoding = try computer.encoding(of: planned) {
      return try difference(of: stored, from: planned, encoding)
    }
    if let source = planned.wholeCopy?.decoded(), source.stored != nil {
      return Difference(
        numbers: try TensorComparer.numbers(source, stored.decoded(), buffers: values))
    }
    var result = Difference()
    try eachTile(of: planned, stored: stored) { expected, actual, _ in
      result.numbers +=
        dtype.isComputable
        ? Kernels.best.compare(expected, dtype, actual, dtype)
        : Comparison(
          bytesAreEqual: expected.hasSameBytes(as: actual),
          elementCount: expected.byteCount / dtype.blockByteCount * dtype.blockElementCount)
    }
    return result
  }

  /// The differences of the values that encoded bytes stand for, and how far rounding alone may take them apart.
  private func difference(
    of stored: Checkpoint.Tensor, from planned: PlannedTensor, _ encoding: any ValueEncoding
  ) throws -> Difference {
    let unit = encoding.unit
    var numbers = Comparison()
    let loss = try eachTile(of: planned, stored: stored, measuresLoss: true) {
      expected, actual, offset in
      let first = unit.elementCount(of: offset)
      let count = min(unit.elementCount(of: expected.byteCount), planned.valueCount - first)
      growBuffers(to: count * 4)
      let (one, other) = (values.0.all.prefix(count * 4), values.1.all.prefix(count * 4))
      encoding.decode(expected, first: first, into: one)
      encoding.decode(actual, first: first, into: other)
      numbers += Kernels.best.compare(one, .f32, other, .f32, firstIndex: first)
    }
    // Two values that lie on both sides of a tie are each no further from it than the greatest error.
    return Difference(
      numbers: numbers,
      encoding: TensorComparison.Encoding(
        unitElementCount: unit.elementCount, greatestStep: 2 * loss))
  }

  private func growBuffers(to byteCount: Int) {
    guard values.0.byteCount < byteCount else { return }
    values = (ByteBuffer(byteCount: byteCount), ByteBuffer(byteCount: byteCount))
  }
}
