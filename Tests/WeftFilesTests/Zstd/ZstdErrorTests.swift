import Testing
import WeftFiles
import WeftTensors

@Suite("Hostile zstd files")
struct ZstdErrorTests {
  private let good: SeekableFile

  init() throws { good = try SeekableFile(weightLike(10_000), frameByteCount: 1000) }

  /// What is wrong with a file when all of it is read.
  private func problem(_ bytes: [UInt8]) throws -> ZstdError.Problem? {
    let scratch = try Scratch()
    let file = try InputFile.open(scratch.write(bytes, to: "file.zst"))
    let error = actionableError {
      let source = try SeekableZstd(file)
      return try source.bytes(0..<source.byteCount)
    }
    #expect(error == nil || error?.status == .badData)
    return (error as? ZstdError)?.problem
  }

  private func spoiled(_ change: (inout SeekableFile) -> Void) throws -> ZstdError.Problem? {
    var file = good
    change(&file)
    return try problem(file.bytes)
  }

  /// The good file with other bytes, counted from its end.
  private func tail(_ bytes: [UInt8], fromEnd distance: Int) -> [UInt8] {
    var all = good.bytes
    all.replaceSubrange(all.count - distance..<all.count - distance + bytes.count, with: bytes)
    return all
  }

  @Test("no seek table: a plain file, a truncated one, one of a few bytes")
  func notSeekable() throws {
    #expect(try problem(good.frames[0]) == .notSeekable)
    #expect(try problem(Array(good.bytes.dropLast())) == .notSeekable)
    #expect(try problem(Array(good.bytes.dropLast(60))) == .notSeekable)
    #expect(try problem([]) == .notSeekable)
    #expect(try problem(Array(good.bytes.suffix(16))) == .notSeekable)
  }

  @Test("every byte of a frame that is changed is noticed, with the frame's number and place")
  func corruptByte() throws {
    let start = good.frames[0].count + good.frames[1].count
    for index in good.frames[2].indices where index % 7 == 0 || index < 20 {
      let found = try spoiled { $0.frames[2][index] ^= 0x55 }
      switch found {
      case .corruptFrame(2, start, _), .wrongFrameSize(2, start, _, 1000),
        .wrongChecksum(2, start):
        break
      default: Issue.record("byte \(index): \(String(describing: found))")
      }
    }
  }

  @Test("the sizes of the table must fill the file")
  func wrongSums() throws {
    let sum = good.entries.reduce(0) { $0 + $1.compressedByteCount }
    for change in [-1, 1, 1 << 31] {
      let found = try spoiled { $0.entries[4].compressedByteCount += change }
      #expect(found == .wrongSum(byteCount: sum + change, expected: sum))
    }
    let huge = Int(UInt32.max)
    let found = try spoiled { file in
      for index in file.entries.indices { file.entries[index].compressedByteCount = huge }
    }
    #expect(found == .wrongSum(byteCount: 10 * huge, expected: sum))
    // Something before the frames that is no skippable frame.
    #expect(try problem([0, 0, 0, 0, 0, 0, 0, 0] + good.bytes) != nil)
    #expect(try problem(skippable([1]).dropLast() + good.bytes) != nil)
  }

  @Test("a frame of another size than the table says", arguments: [1, 999, 1001, 32 << 20])
  func wrongSize(byteCount: Int) throws {
    let found = try spoiled { $0.entries[0].byteCount = byteCount }
    #expect(
      found
        == .wrongFrameSize(frame: 0, offsetInFile: 0, byteCount: 1000, expected: byteCount))
  }

  @Test("a frame that does not state its size and unpacks to more or less than the table says")
  func unstatedSize() throws {
    // A frame header with a window instead of a size, then one block of a repeated byte.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x50, 0x23, 0x03, 0, 0x41]
    for (stated, found) in [(99, nil), (101, 100), (1, nil)] as [(Int, Int?)] {
      let bytes = frame + SeekTable.bytes([(frame.count, stated, nil)])
      #expect(
        try problem(bytes)
          == .wrongFrameSize(frame: 0, offsetInFile: 0, byteCount: found, expected: stated))
    }
    #expect(try problem(frame + SeekTable.bytes([(frame.count, 100, nil)])) == nil)
  }

  @Test("two frames under one entry, and a frame cut across two")
  func wrongCuts() throws {
    let two = try spoiled { file in
      file.entries[0].compressedByteCount += file.entries[1].compressedByteCount
      file.entries[0].byteCount = 2000
      file.entries.remove(at: 1)
    }
    guard case .corruptFrame(0, 0, _) = two else { throw Unexpected(found: two) }
    let moved = try spoiled { file in
      file.entries[0].compressedByteCount -= 1
      file.entries[1].compressedByteCount += 1
    }
    guard case .corruptFrame(0, 0, _) = moved else { throw Unexpected(found: moved) }
  }

  @Test("frames over the limits, such as of 4 GiB")
  func tooLarge() throws {
    let limit = SeekTable.maximumFrameByteCount
    for size in [limit + 1, Int(UInt32.max)] {
      let found = try spoiled { $0.entries[9].byteCount = size }
      #expect(found == .frameTooLarge(frame: 9, byteCount: size, limit: limit))
    }
    // Frame header: single segment with a size of 8 bytes, 4 GiB.
    let frame: [UInt8] =
      [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + littleEndian(1 << 32) + [0x23, 0x03, 0, 0x41]
    let found = try problem(frame + SeekTable.bytes([(frame.count, 100, nil)]))
    #expect(
      found
        == .wrongFrameSize(frame: 0, offsetInFile: 0, byteCount: 1 << 32, expected: 100))
  }

  @Test("a footer that lies about the number of frames, or has reserved bits")
  func footer() throws {
    for count: UInt64 in [0, 9, 11, 100_000, UInt64(SeekTable.maximumFrameCount) + 1, 0xFFFF_FFFF] {
      let bytes = tail(Array(littleEndian(count).prefix(4)), fromEnd: 9)
      guard case .invalidTable = try problem(bytes) else { throw Unexpected(found: nil) }
    }
    for descriptor: UInt8 in [0x00, 0x84, 0xC0] {
      guard case .invalidTable = try problem(tail([descriptor], fromEnd: 5)) else {
        throw Unexpected(found: nil)
      }
    }
    // The lowest two bits are unused, and readers must not care.
    #expect(try problem(tail([0x83], fromEnd: 5)) == nil)
    let tableByteCount = SeekTable.bytes(good.entries).count
    for change in [tableByteCount, tableByteCount - 4] {
      guard case .invalidTable = try problem(tail([0x5D], fromEnd: change)) else {
        throw Unexpected(found: nil)
      }
    }
  }

  struct Unexpected: Error {
    let found: ZstdError.Problem?
  }
}
