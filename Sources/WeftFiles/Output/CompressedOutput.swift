import Synchronization
import WeftTensors

/// A safetensors file in a container of frames.
///
/// Shares are packed by the threads that made them; their frames are in the file in the order of the shares.
final class CompressedOutput: ModelOutput {
  /// Buffers are at least this large, so that most can take the place of any other.
  private static let bufferByteCount = 4 << 20

  /// What a thread packs with; one at a time uses it.
  private final class Worker: @unchecked Sendable {
    let packer: any FramePacker
    var target = ByteBuffer(byteCount: 0)

    init(_ packer: any FramePacker) { self.packer = packer }
  }

  private struct State {
    var open: [Int: ByteBuffer] = [:]
    /// Buffers to be used again: fresh memory is dear, and freed blocks of many sizes pile up.
    var spare: [ByteBuffer] = []
    var idle: [Worker] = []
    var frames: [PackedFrame] = []
    var byteCount: Int
  }

  private let layout: OutputLayout
  private let container: any FrameContainer
  private let file: OutputFile
  private let shareStarts: [Int]
  private let state: Mutex<State>
  private let turn = Turnstile()

  init(
    _ layout: OutputLayout, in container: any FrameContainer, path: String, replacing: Bool,
    inputs: [InputFile], shareStarts: [Int]
  ) throws {
    self.layout = layout
    self.container = container
    self.shareStarts = shareStarts
    file = try OutputFile.create(
      at: path, byteCount: Self.largestByteCount(layout, container, shareStarts),
      replacing: replacing, inputs: inputs)
    state = Mutex(State(byteCount: container.start.count))
    try file.write(container.start, at: 0)
  }

  func write(_ slice: ByteSlice, tensor: Int, at offset: Int, share: Int) throws {
    let start = layout.places[tensor].offset + offset - shareStarts[share]
    buffer(of: share)[start..<start + slice.byteCount].copy(from: slice)
  }

  private func range(of share: Int) -> Range<Int> { shareStarts[share]..<shareStarts[share + 1] }

  func endShare(_ share: Int) throws {
    let buffer = buffer(of: share)
    let range = range(of: share)
    try pack(buffer.all.prefix(range.count), of: range) { frames in
      var offset = 0
      try turn.take(share) { offset = append(frames) }
      return offset
    }
    state.withLock { state in
      state.open[share] = nil
      state.spare.append(buffer)
    }
  }

  func begin(_ fill: ([UInt8]) -> [UInt8]) throws {
    if !container.endsWithHeader { _ = try writeHeader(fill) }
  }

  /// Writes the header and gives the number of its frames.
  private func writeHeader(_ fill: ([UInt8]) -> [UInt8]) throws -> Int {
    let header = fill(layout.literals[0].bytes)
    let buffer = ByteBuffer(byteCount: header.count, isZeroed: false)
    buffer.all.copy(from: header)
    var count = 0
    try pack(buffer.all, of: 0..<header.count) { frames in
      count = frames.count
      return append(frames)
    }
    return count
  }

  /// Packs bytes, then writes them where `place` says.
  private func pack(
    _ slice: ByteSlice, of range: Range<Int>, place: ([PackedFrame]) throws -> Int
  ) throws {
    let worker = state.withLock { $0.idle.popLast() } ?? Worker(container.makePacker())
    defer { state.withLock { $0.idle.append(worker) } }
    let cuts = container.cuts(range)
    let room = cuts.reduce(0) { $0 + container.largestPackedByteCount($1.range.count) }
    if worker.target.byteCount < room {
      worker.target = ByteBuffer(
        byteCount: max(room, Self.bufferByteCount), isZeroed: false)
    }
    var end = 0
    let frames = try cuts.map { cut in
      let start = cut.range.lowerBound - range.lowerBound
      let frame = try worker.packer.pack(
        slice[start..<start + cut.range.count], of: cut,
        into: worker.target[end..<worker.target.byteCount])
      end += frame.packedByteCount
      return frame
    }
    try file.write(worker.target.all.prefix(end), at: try place(frames))
  }

  func abandon() { turn.close() }

  func finish(_ fill: ([UInt8]) -> [UInt8]) throws -> Int {
    let headerCount = container.endsWithHeader ? try writeHeader(fill) : 0
    let (frames, end) = state.withLock { ($0.frames, $0.byteCount) }
    let table = container.end(frames, headerCount: headerCount)
    try file.write(table, at: end)
    try file.truncate(to: end + table.count)
    return end + table.count
  }

  /// The bytes of a share until they are complete.
  private func buffer(of share: Int) -> ByteBuffer {
    state.withLock { state in
      if let buffer = state.open[share] { return buffer }
      let byteCount = range(of: share).count
      let index = state.spare.firstIndex { $0.byteCount >= byteCount }
      let buffer =
        index.map { state.spare.remove(at: $0) }
        ?? ByteBuffer(byteCount: max(byteCount, Self.bufferByteCount), isZeroed: false)
      state.open[share] = buffer
      return buffer
    }
  }

  /// Gives the next frames their place; the turnstile, or being alone, keeps them in order.
  private func append(_ frames: [PackedFrame]) -> Int {
    state.withLock { state in
      defer { state.byteCount += frames.reduce(0) { $0 + $1.packedByteCount } }
      state.frames += frames
      return state.byteCount
    }
  }

  /// What data needs that cannot be compressed.
  private static func largestByteCount(
    _ layout: OutputLayout, _ container: any FrameContainer, _ shareStarts: [Int]
  ) -> Int {
    let ranges = zip([0] + shareStarts, shareStarts).map { $0..<$1 }
    let frames = ranges.flatMap(container.cuts).map { cut in
      PackedFrame(
        byteCount: cut.range.count,
        packedByteCount: container.largestPackedByteCount(cut.range.count), checksum: 0)
    }
    return container.start.count + frames.reduce(0) { $0 + $1.packedByteCount }
      + container.end(frames, headerCount: 0).count
  }

  func commit(sync: Bool) throws { try file.commit(sync: sync) }
}
