import Dispatch
import Synchronization
package import WeftTensors

/// What a zstd file with a seek table unpacks to, readable at any offset from any thread.
///
/// Frames are unpacked when they are asked for; memory is bounded by about eight frames, or 128 MiB of large ones.
package final class SeekableZstd: ByteSource {
  /// The most memory that frames in the cache, or frames in work, take together, in bytes.
  private static let memoryLimit = 64 << 20
  /// The most frames in the cache, and in work.
  private static let frameLimit = 8

  /// The file's path.
  package var path: String { file.path }
  /// The size of what the file unpacks to, in bytes.
  package let byteCount: Int
  private let file: InputFile
  private let frames: [SeekTable.Frame]
  private let cache: FrameCache
  /// Threads wait here while as many frames are in work as memory allows.
  private let permits: DispatchSemaphore
  private let idle = Mutex<[ZstdDecompressor]>([])

  /// Reads and checks the seek table of an open file.
  ///
  /// - Throws: `ZstdError` when the file has none or the table is wrong.
  package init(_ file: InputFile) throws {
    self.file = file
    frames = try SeekTable.read(file)
    byteCount = frames.last?.range.upperBound ?? 0
    let largest = max(1, frames.lazy.map(\.byteCount).max() ?? 1)
    cache = FrameCache(capacity: min(Self.frameLimit, Self.memoryLimit / largest))
    // A frame in work takes its size twice: packed and unpacked.
    permits = DispatchSemaphore(
      value: max(1, min(Self.frameLimit, Self.memoryLimit / (2 * largest))))
  }

  /// Fills a slice with unpacked bytes at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
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
    let decompressor = idle.withLock { $0.popLast() } ?? ZstdDecompressor()
    defer { idle.withLock { $0.append(decompressor) } }
    do {
      try decompressor.unpack(frames[index], of: file, into: target)
    } catch let failure as ZstdDecompressor.Failure {
      throw ZstdError(path: path, problem: problem(failure, ofFrame: index))
    }
  }

  private func problem(
    _ failure: ZstdDecompressor.Failure, ofFrame index: Int
  ) -> ZstdError.Problem {
    let offset = frames[index].offsetInFile
    switch failure {
    case .corrupt(let reason):
      return .corruptFrame(frame: index, offsetInFile: offset, reason: reason)
    case .wrongSize(let byteCount):
      return .wrongFrameSize(
        frame: index, offsetInFile: offset, byteCount: byteCount,
        expected: frames[index].byteCount)
    case .wrongChecksum: return .wrongChecksum(frame: index, offsetInFile: offset)
    }
  }
}
