import WeftFiles
import WeftKernels
import WeftTensors

/// Computes every hash of a file in one read.
///
/// The file goes through two buffers in blocks. While some threads hash a block, others read the next: one hashes the
/// whole file and its data section side by side, the rest the tensors.
struct FileHasher {
  /// Large beside what starting the threads costs, and small in memory: there are two of it.
  static let blockByteCount = 8 << 20
  /// Reads are split, so that a thread that is done with its hashes takes over some.
  private static let readsPerBlock = 4

  private let file: InputFile
  private let threads: Int
  /// The tensors in the order of their data; nil for a file that is not safetensors.
  private let tensors: [TensorInfo]?
  private let dataOffset: Int
  private let whole = SHA256Stream()
  private let data = SHA256Stream()
  private let autoV1 = SHA256Stream()

  /// Prepares the hashes of a file that ends in the tensors' packed data.
  init(_ file: InputFile, tensors: [TensorInfo]?, threads: Int) {
    self.file = file
    self.threads = threads
    self.tensors = tensors
    dataOffset = file.byteCount - (tensors?.reduce(0) { $0 + $1.byteCount } ?? 0)
  }

  /// Reads the file; to be called once.
  func run(progress: @Sendable (Int) throws -> Void) throws -> ModelHashes {
    var digests = TensorDigests(tensors ?? [], from: dataOffset)
    let blockByteCount = min(Self.blockByteCount, file.byteCount)
    var buffers = (0..<2).map { _ in ByteBuffer(byteCount: blockByteCount, isZeroed: false) }
    var block = range(from: 0)
    try perform([], reading: block, into: buffers[0])
    while !block.isEmpty {
      let next = range(from: block.upperBound)
      let slice = buffers[0].all.prefix(block.count)
      let offset = block.lowerBound
      try digests.take(slice, at: offset) { pieces in
        let lanes = TensorLanes.distribute(pieces, over: max(1, threads - 1))
        let work = lanes.map { lane in { @Sendable in lane.hash() } }
        try perform(
          [{ @Sendable in hashFile(slice, at: offset) }] + work, reading: next,
          into: buffers[1])
      }
      try progress(block.count)
      buffers.swapAt(0, 1)
      block = next
    }
    return ModelHashes(
      sha256: HexText.of(whole.finish()), autoV1: String(HexText.of(autoV1.finish()).prefix(8)),
      dataSHA256: tensors.map { _ in HexText.of(data.finish()) },
      content: tensors.map { _ in digests.content() })
  }

  private func range(from offset: Int) -> Range<Int> {
    offset..<min(offset + Self.blockByteCount, file.byteCount)
  }

  /// Does the hashing of a block and the reads of another one, whoever has time.
  private func perform(
    _ work: [@Sendable () -> Void], reading range: Range<Int>, into buffer: ByteBuffer
  ) throws {
    let step = max(1, (range.count + Self.readsPerBlock - 1) / Self.readsPerBlock)
    let reads = Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
    try Parallel.run(threads: threads, count: work.count + reads.count) { _, item in
      guard item >= work.count else { return work[item]() }
      let start = reads[item - work.count]
      let end = min(start + step, range.upperBound)
      try file.read(
        at: start, into: buffer[start - range.lowerBound..<end - range.lowerBound])
    }
  }

  /// Takes a block into the hashes of the whole file, of its data and of AutoV1's range.
  private func hashFile(_ block: ByteSlice, at offset: Int) {
    func part(_ range: Range<Int>) -> ByteSlice {
      let common = range.clamped(to: offset..<offset + block.byteCount)
      return common.isEmpty
        ? block.prefix(0) : block[common.lowerBound - offset..<common.upperBound - offset]
    }
    let dataPart = part(tensors == nil ? 0..<0 : dataOffset..<file.byteCount)
    SHA256Stream.update(whole, block, data, dataPart)
    let first = part(ModelHashes.autoV1Range)
    if first.byteCount > 0 { autoV1.update(first) }
  }
}
