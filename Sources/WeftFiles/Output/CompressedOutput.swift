import Synchronization
import WeftTensors

/// A safetensors file in the seekable zstd format: the header is one frame, and every share of the work another.
///
/// Shares are compressed by the threads that made them and written in their order.
final class CompressedOutput: ModelOutput {
  /// Fast, and weights hardly become smaller at higher levels.
  private static let level = 3

  private struct State {
    var open: [Int: ByteBuffer] = [:]
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

  func endShare(_ share: Int) throws {
    let buffer = buffer(of: share)
    let compressor = state.withLock { state in
      state.idle.popLast() ?? ZstdCompressor(level: Self.level)
    }
    let frame = try compressor.compress(buffer.all)
    try turn.take(share) { try append(frame, byteCount: buffer.byteCount) }
    state.withLock { state in
      state.open[share] = nil
      state.idle.append(compressor)
    }
  }

  func begin(_ fill: ([UInt8]) -> [UInt8]) throws {
    let header = fill(layout.literals[0].bytes)
    let buffer = ByteBuffer(byteCount: header.count, isZeroed: false)
    buffer.all.copy(from: header)
    let compressor = ZstdCompressor(level: Self.level)
    try append(try compressor.compress(buffer.all), byteCount: header.count)
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
      let byteCount = shareStarts[share + 1] - shareStarts[share]
      let buffer = ByteBuffer(byteCount: byteCount, isZeroed: false)
      state.open[share] = buffer
      return buffer
    }
  }

  /// Writes the next frame; the turnstile, and the header coming first, keep them in order.
  private func append(_ frame: [UInt8], byteCount: Int) throws {
    let offset = state.withLock { state in
      defer {
        state.byteCount += frame.count
        state.frames.append((frame.count, byteCount, nil))
      }
      return state.byteCount
    }
    try file.write(frame, at: offset)
  }

  /// What data that cannot be compressed needs at most: a part in 256, and each frame's own headers.
  /// Source: https://github.com/facebook/zstd/blob/v1.5.6/lib/zstd.h (ZSTD_COMPRESSBOUND)
  private static func largestByteCount(_ byteCount: Int, frames: Int) -> Int {
    byteCount + (byteCount >> 8) + (frames + 2) * 128
  }

  func commit(sync: Bool) throws { try file.commit(sync: sync) }
}
