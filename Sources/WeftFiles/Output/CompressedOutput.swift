import Synchronization
import WeftTensors

/// A safetensors file in the seekable zstd format: the header is one frame, and every share of the work another.
///
/// Shares are compressed by the threads that made them and written in their order.
final class CompressedOutput: ModelOutput {
  /// Fast, and weights hardly become smaller at higher levels.
  private static let level = 3
  /// The largest frame: a few MiB, so that a tensor is read without unpacking much else.
  private static let frameByteCount = 4 << 20

  private struct State {
    var open: [Int: ByteBuffer] = [:]
    /// Buffers to be used again: fresh memory is dear, and freed blocks of many sizes pile up.
    var spare: [ByteBuffer] = []
    var idle: [ZstdCompressor] = []
    var frames: [(compressedByteCount: Int, byteCount: Int, checksum: UInt32?)] = []
    var byteCount = 0
  }

  private let layout: OutputLayout
  private let file: OutputFile
  private let shareStarts: [Int]
  private let state = Mutex(State())
  private let turn = Turnstile()

  init(
    _ layout: OutputLayout, path: String, replacing: Bool, inputs: [InputFile],
    shareStarts: [Int]
  ) throws {
    self.layout = layout
    self.shareStarts = shareStarts
    file = try OutputFile.create(
      at: path, byteCount: Self.largestByteCount(layout.byteCount, frames: shareStarts.count),
      replacing: replacing, inputs: inputs)
  }

  func write(_ slice: ByteSlice, tensor: Int, at offset: Int, share: Int) throws {
    let start = layout.places[tensor].offset + offset - shareStarts[share]
    buffer(of: share)[start..<start + slice.byteCount].copy(from: slice)
  }

  private func byteCount(of share: Int) -> Int { shareStarts[share + 1] - shareStarts[share] }

  func endShare(_ share: Int) throws {
    let buffer = buffer(of: share)
    let compressor = state.withLock { state in
      state.idle.popLast() ?? ZstdCompressor(level: Self.level)
    }
    let frames = try frames(of: buffer.all.prefix(byteCount(of: share)), by: compressor)
    try turn.take(share) { try append(frames) }
    state.withLock { state in
      state.open[share] = nil
      state.spare.append(buffer)
      state.idle.append(compressor)
    }
  }

  func begin(_ fill: ([UInt8]) -> [UInt8]) throws {
    let header = fill(layout.literals[0].bytes)
    let buffer = ByteBuffer(byteCount: header.count, isZeroed: false)
    buffer.all.copy(from: header)
    try append(try frames(of: buffer.all, by: ZstdCompressor(level: Self.level)))
  }

  private struct Frame {
    let bytes: [UInt8]
    let byteCount: Int
  }

  private func frames(of slice: ByteSlice, by compressor: ZstdCompressor) throws -> [Frame] {
    try stride(from: 0, to: slice.byteCount, by: Self.frameByteCount).map { start in
      let part = slice[start..<min(start + Self.frameByteCount, slice.byteCount)]
      return Frame(bytes: try compressor.compress(part), byteCount: part.byteCount)
    }
  }

  func abandon() { turn.close() }

  func finish(_ fill: ([UInt8]) -> [UInt8]) throws -> Int {
    let (frames, end) = state.withLock { ($0.frames, $0.byteCount) }
    let table = SeekTable.bytes(frames)
    try file.write(table, at: end)
    try file.truncate(to: end + table.count)
    return end + table.count
  }

  /// The bytes of a share until they are complete.
  private func buffer(of share: Int) -> ByteBuffer {
    state.withLock { state in
      if let buffer = state.open[share] { return buffer }
      let byteCount = byteCount(of: share)
      let index = state.spare.firstIndex { $0.byteCount >= byteCount }
      let buffer =
        index.map { state.spare.remove(at: $0) }
        ?? ByteBuffer(byteCount: max(byteCount, Self.frameByteCount), isZeroed: false)
      state.open[share] = buffer
      return buffer
    }
  }

  /// Writes the next frames; the turnstile, and the header coming first, keep them in order.
  private func append(_ frames: [Frame]) throws {
    for frame in frames {
      let checksum = ZstdCompressor.checksum(of: frame.bytes)
      let offset = state.withLock { state in
        defer {
          state.byteCount += frame.bytes.count
          state.frames.append((frame.bytes.count, frame.byteCount, checksum))
        }
        return state.byteCount
      }
      try file.write(frame.bytes, at: offset)
    }
  }

  /// What data that cannot be compressed needs at most: a part in 256, and each frame's own headers.
  /// Source: https://github.com/facebook/zstd/blob/v1.5.6/lib/zstd.h (ZSTD_COMPRESSBOUND)
  private static func largestByteCount(_ byteCount: Int, frames: Int) -> Int {
    byteCount + (byteCount >> 8) + (frames + byteCount / frameByteCount + 2) * 128
  }

  func commit(sync: Bool) throws { try file.commit(sync: sync) }
}
