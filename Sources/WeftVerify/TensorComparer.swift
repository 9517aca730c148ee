import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// Compares stored tensors with stored tensors, a megabyte at a time.
enum TensorComparer {
  /// The elements that are compared at once; a multiple of every packed type's group.
  static let tileElementCount = 1 << 17

  /// Compares pairs of equal shapes; types that cannot be computed with are compared as bytes.
  static func compare(
    _ pairs: [(Checkpoint.Tensor, Checkpoint.Tensor)], threads: Int,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> [TensorComparison] {
    let results = Mutex<[Int: TensorComparison]>([:])
    let buffers = Mutex<[Int: (ByteBuffer, ByteBuffer)]>([:])
    try Parallel.run(threads: threads, count: pairs.count) { worker, index in
      let pair = buffers.withLock { buffers in
        if let pair = buffers[worker] { return pair }
        let made = (
          ByteBuffer(byteCount: tileElementCount * 8), ByteBuffer(byteCount: tileElementCount * 8)
        )
        buffers[worker] = made
        return made
      }
      let result = try compare(pairs[index].0, pairs[index].1, buffers: pair, progress: progress)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func compare(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor,
    buffers: (ByteBuffer, ByteBuffer), progress: (Int) throws -> Void
  ) throws -> TensorComparison {
    let count = first.info.elementCount
    var total = Comparison()
    var isEqual = first.info.dtype == second.info.dtype
    total.count = count
    try eachTile(first, second, buffers) { one, other, _ in
      isEqual = isEqual && one.hasSameBytes(as: other)
      try progress(one.byteCount + other.byteCount)
    }
    if !isEqual {
      total = Comparison()
      try eachTile(first, second, buffers) { one, other, elementCount in
        total += compareValues(
          one, first.info.dtype, other, second.info.dtype, elementCount: elementCount)
      }
    }
    return TensorComparison(
      name: first.info.name, elementCount: count, numbers: total, hasSameBytes: isEqual,
      hasSameType: first.info.dtype == second.info.dtype)
  }

  private static func eachTile(
    _ first: Checkpoint.Tensor, _ second: Checkpoint.Tensor, _ buffers: (ByteBuffer, ByteBuffer),
    _ body: (ByteSlice, ByteSlice, Int) throws -> Void
  ) throws {
    let count = first.info.elementCount
    for start in stride(from: 0, to: count, by: tileElementCount) {
      let elements = start..<min(start + tileElementCount, count)
      try body(
        try read(first, elements, into: buffers.0), try read(second, elements, into: buffers.1),
        elements.count)
    }
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
