import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// Compares tensors with tensors, a megabyte at a time: as bytes where both are stored in one form, else by their values.
enum TensorComparer {
  /// The elements that are compared at once; a multiple of every packed type's group.
  static let tileElementCount = 1 << 17

  /// Two buffers for tiles, which one thread at a time uses.
  typealias Buffers = (ByteBuffer, ByteBuffer)

  static func makeBuffers() -> Buffers {
    (ByteBuffer(byteCount: tileElementCount * 8), ByteBuffer(byteCount: tileElementCount * 8))
  }

  /// Compares pairs of equal shapes; types that have no values to compute with are compared as bytes.
  ///
  /// `progress` is told how many more stored bytes were gone through.
  static func compare(
    _ pairs: [(Checkpoint.Tensor, Checkpoint.Tensor)], threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> [TensorComparison] {
    let results = Mutex<[Int: TensorComparison]>([:])
    let buffers = Mutex<[Int: Buffers]>([:])
    try Parallel.run(threads: threads, count: pairs.count) { worker, index in
      let pair = buffers.withLock { buffers in
        if let pair = buffers[worker] { return pair }
        let made = makeBuffers()
        buffers[worker] = made
        return made
      }
      let result = try compare(pairs[index].0, pairs[index].1, buffers: pair, progress: progress)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func compare(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor, buffers: Buffers,
    progress: (Int) throws -> Void
  ) throws -> TensorComparison {
    let count = first.info.elementCount
    let isOneForm = first.form == second.form
    let isEqual =
      try isOneForm && hasSameBytes(first.parts, second.parts, buffers, progress: progress)
    var total = Comparison()
    total.count = count
    if !isEqual {
      total = try numbers(first, second, buffers: buffers)
      if !isOneForm { try progress(first.storedByteCount + second.storedByteCount) }
    }
    return TensorComparison(
      name: first.info.name, elementCount: count, numbers: total, hasSameBytes: isEqual,
      hasSameType: isOneForm)
  }

  // MARK: Bytes

  /// Whether two tensors are stored in the same bytes, scales and whatever else lies beside them included.
  private static func hasSameBytes(
    _ first: [StoredForm.Part], _ second: [StoredForm.Part], _ buffers: Buffers,
    progress: (Int) throws -> Void
  ) throws -> Bool {
    let others = Dictionary(second.map { ($0.template, $0.tensor) }) { first, _ in first }
    var isEqual = first.count == second.count
    for part in first {
      guard let other = others[part.template], other.info.dtype == part.tensor.info.dtype,
        other.info.byteCount == part.tensor.info.byteCount
      else {
        isEqual = false
        continue
      }
      let hasSame = try hasSameBytes(part.tensor, other, buffers, progress: progress)
      isEqual = isEqual && hasSame
    }
    return isEqual
  }

  private static func hasSameBytes(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor, _ buffers: Buffers,
    progress: (Int) throws -> Void
  ) throws -> Bool {
    var isEqual = true
    let (count, step) = (first.info.byteCount, buffers.0.byteCount)
    for start in stride(from: 0, to: count, by: step) {
      let size = min(step, count - start)
      let (one, other) = (buffers.0.all.prefix(size), buffers.1.all.prefix(size))
      try first.read(at: start, into: one)
      try second.read(at: start, into: other)
      isEqual = isEqual && one.hasSameBytes(as: other)
      try progress(2 * size)
    }
    return isEqual
  }

  // MARK: Values

  /// The differences of all values.
  static func numbers(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor, buffers: Buffers
  ) throws -> Comparison {
    var total = Comparison()
    let count = first.info.elementCount
    for start in stride(from: 0, to: count, by: tileElementCount) {
      let elements = start..<min(start + tileElementCount, count)
      total += compareValues(
        try read(first, elements, into: buffers.0), first.info.dtype,
        try read(second, elements, into: buffers.1), second.info.dtype,
        elementCount: elements.count)
    }
    return total
  }

  private static func read(
    _ tensor: Checkpoint.Tensor, _ elements: Range<Int>, into buffer: ByteBuffer
  ) throws -> ByteSlice {
    let dtype = tensor.info.dtype
    let start = elements.lowerBound / dtype.blockElementCount * dtype.blockByteCount
    let blockCount = (elements.count + dtype.blockElementCount - 1) / dtype.blockElementCount
    let slice = buffer[0..<blockCount * dtype.blockByteCount]
    try tensor.read(at: start, into: slice)
    return slice
  }

  /// Numbers where both types can be computed with; else equal or not, byte by byte.
  private static func compareValues(
    _ first: ByteSlice, _ firstDType: DType, _ second: ByteSlice, _ secondDType: DType,
    elementCount: Int
  ) -> Comparison {
    if firstDType.isComputable, secondDType.isComputable {
      return Kernels.best.compare(first, firstDType, second, secondDType)
    }
    return Comparison(bytesAreEqual: first.hasSameBytes(as: second), elementCount: elementCount)
  }
}

extension Checkpoint.Tensor {
  /// The form in which the values are stored.
  var form: TensorForm { stored?.form ?? .plain(info.dtype) }

  /// The tensors that hold the values as they are stored.
  var parts: [StoredForm.Part] { stored?.parts ?? [StoredForm.Part(self)] }

  /// The size of those tensors, in bytes.
  var storedByteCount: Int { parts.reduce(0) { $0 + $1.tensor.info.byteCount } }
}
