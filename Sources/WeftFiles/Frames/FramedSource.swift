import Dispatch
import Synchronization
import WeftTensors

/// What a file of frames unpacks to, readable at any offset from any thread.
///
/// Frames are unpacked when they are asked for; memory is bounded by about eight frames, or 128 MiB of large ones.
final class FramedSource<Unpacker: FrameUnpacker>: ByteSource {
  /// The most memory that frames in the cache, or frames in work, take together, in bytes.
  private static var memoryLimit: Int { 64 << 20 }
  /// The most frames in the cache, and in work.
  private static var frameLimit: Int { 8 }

  var path: String { file.path }
  let byteCount: Int
  private let file: InputFile
  private let frames: [Frame]
  private let cache: FrameCache
  /// Threads wait here while as many frames are in work as memory allows.
  private let permits: DispatchSemaphore
  private let idle = Mutex<[Unpacker]>([])

  /// Takes frames that follow one another, without gaps, in what the file unpacks to.
  init(_ file: InputFile, frames: [Frame]) {
    self.file = file
    self.frames = frames
    byteCount = frames.last?.range.upperBound ?? 0
    let largest = max(1, frames.lazy.map(\.byteCount).max() ?? 1)
    cache = FrameCache(capacity: min(Self.frameLimit, Self.memoryLimit / largest))
    // A frame in work takes its size twice: packed and unpacked.
    permits = DispatchSemaphore(
      value: max(1, min(Self.frameLimit, Self.memoryLimit / (2 * largest))))
  }

  func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount - offset else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: file.byteCount))
    }
    let wanted = offset..<offset + slice.byteCount
    var index = firstFrame(endingAfter: offset)
    while index < frames.count, frames[index].offset < wanted.upperBound {
      let part = frames[index].range.clamped(to: wanted)
      let target = slice[part.lowerBound - offset..<part.upperBound - offset]
      if !part.isEmpty { try copy(part, ofFrame: index, to: target) }
      index += 1
    }
  }

  private func firstFrame(endingAfter offset: Int) -> Int {
    var (low, high) = (0, frames.count)
    while low < high {
      let middle = (low + high) / 2
      if frames[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Copies a part of a frame; a whole frame that nobody has unpacked goes straight to its target.
  private func copy(_ part: Range<Int>, ofFrame index: Int, to target: ByteSlice) throws {
    let frame = frames[index]
    if part == frame.range, cache.existingSlot(of: index) == nil {
      return try unpack(index, into: target)
    }
    let buffer = try cache.slot(of: index).content.withLock { content in
      if let content { return content }
      let buffer = ByteBuffer(byteCount: frame.byteCount, isZeroed: false)
      try unpack(index, into: buffer.all)
      content = buffer
      return buffer
    }
    target.copy(from: buffer[part.lowerBound - frame.offset..<part.upperBound - frame.offset])
  }

  private func unpack(_ index: Int, into target: ByteSlice) throws {
    permits.wait()
    defer { permits.signal() }
    let unpacker = idle.withLock { $0.popLast() } ?? Unpacker()
    defer { idle.withLock { $0.append(unpacker) } }
    try unpacker.unpack(frames[index], number: index, of: file, into: target)
  }
}
