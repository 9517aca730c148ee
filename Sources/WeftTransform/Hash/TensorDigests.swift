import WeftKernels
import WeftTensors

/// The hashes of packed tensors, fed by a file's blocks in order.
struct TensorDigests {
  /// The tensors in the order of their data.
  private let infos: [TensorInfo]
  /// The digests of the tensors that are done.
  private(set) var digests: [[UInt8]] = []
  /// The stream of the first tensor that is not done.
  private var stream = SHA256Stream()
  /// Where that tensor starts, counted from the start of the file.
  private var offsetInFile: Int

  init(_ infos: [TensorInfo], from offsetInFile: Int) {
    self.infos = infos
    self.offsetInFile = offsetInFile
    digests.reserveCapacity(infos.count)
  }

  /// The content hash, when all is done.
  func content() -> String { ContentHash.digest(infos, digests: digests) }

  /// Hands out the pieces of the tensors in a block for `work`, then ends the tensors that end in it.
  mutating func take(
    _ block: ByteSlice, at blockOffset: Int, _ work: ([HashPiece]) throws -> Void
  ) rethrows {
    let blockRange = blockOffset..<blockOffset + block.byteCount
    var pieces: [HashPiece] = []
    var finished: [SHA256Stream] = []
    while digests.count + finished.count < infos.count {
      let end = offsetInFile + infos[digests.count + finished.count].byteCount
      let part = (offsetInFile..<end).clamped(to: blockRange)
      if !part.isEmpty {
        let slice = block[part.lowerBound - blockOffset..<part.upperBound - blockOffset]
        pieces.append(HashPiece(stream: stream, slice: slice))
      }
      guard end <= blockRange.upperBound else { break }
      finished.append(stream)
      (stream, offsetInFile) = (SHA256Stream(), end)
    }
    try work(pieces)
    digests += finished.map { $0.finish() }
  }
}
