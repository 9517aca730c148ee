import Dispatch
import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("SeekableZstd")
struct SeekableZstdTests {
  static let content = weightLike(100_000)

  private func open(_ bytes: [UInt8]) throws -> SeekableZstd {
    let scratch = try Scratch()
    return try SeekableZstd(InputFile.open(scratch.write(bytes, to: "file.zst")))
  }

  private func read(_ source: SeekableZstd, _ range: Range<Int>) throws -> [UInt8] {
    let buffer = ByteBuffer(byteCount: range.count)
    try source.read(at: range.lowerBound, into: buffer.all)
    return buffer.all.array
  }

  @Test("any range of what was packed can be read", arguments: [1000, 4096, 99_999, 100_000])
  func ranges(frameByteCount: Int) throws {
    let source = try open(SeekableFile(Self.content, frameByteCount: frameByteCount).bytes)
    #expect(source.byteCount == Self.content.count)
    #expect(try source.bytes(0..<Self.content.count) == Self.content)
    for range in [0..<0, 0..<1, 999..<1001, 500..<70_000, 4096..<8192, 99_999..<100_000] {
      #expect(try read(source, range) == Array(Self.content[range]))
    }
    #expect(throws: FileError.self) { try read(source, 99_999..<100_001) }
    #expect(throws: FileError.self) { try read(source, 100_001..<100_001) }
  }

  @Test("threads that read at once get the bytes of their own ranges")
  func threads() throws {
    let source = try open(SeekableFile(Self.content, frameByteCount: 3000).bytes)
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let range = index * 1500..<index * 1500 + 4000
      #expect((try? read(source, range)) == Array(Self.content[range]))
    }
  }

  @Test("the command line of zstd unpacks what is written here")
  func commandLine() throws {
    let tool = "/usr/bin/zstd"
    guard FileManager.default.isExecutableFile(atPath: tool) else {
      print("skipped: there is no \(tool)")
      return
    }
    let scratch = try Scratch()
    let packed = try scratch.write(
      SeekableFile(Self.content, frameByteCount: 9000).bytes, to: "file.zst")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = ["-d", "-q", packed, "-o", scratch["file"]]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try scratch.bytes("file") == Self.content)
  }

  @Test("a table without checksums and skippable frames, counted or not, are read")
  func variants() throws {
    var plain = try SeekableFile(Self.content, frameByteCount: 5000)
    for index in plain.entries.indices { plain.entries[index].checksum = nil }
    #expect(try open(plain.bytes).bytes(0..<100_000) == Self.content)

    let front = skippable([1, 2, 3]) + skippable([])
    #expect(try open(front + plain.bytes).bytes(0..<100_000) == Self.content)

    plain.frames.insert(front, at: 3)
    plain.entries.insert((front.count, 0, nil), at: 3)
    #expect(try open(plain.bytes).bytes(0..<100_000) == Self.content)
  }

  @Test("the checksum of the table is XXH64 for frames without a checksum of their own")
  func tableChecksum() throws {
    // A frame of one raw block, written by hand: magic, descriptor (one-byte size, single segment), size, block.
    let content = Array("The quick brown fox jumps over the lazy dog, twice.".utf8)
    let header: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, UInt8(content.count)]
    let block = UInt32(content.count) << 3 | 1
    let frame = header + littleEndian(UInt64(block)).prefix(3) + content
    // What `zstd --check` ends its frame of the text in.
    let known: UInt32 = 0x8C4C_B965
    for (checksum, isRight) in [(known, true), (known ^ 1, false)] {
      let bytes = frame + SeekTable.bytes([(frame.count, content.count, checksum)])
      let source = try open(bytes)
      let error = actionableError { try source.bytes(0..<content.count) } as? ZstdError
      #expect(error?.problem == (isRight ? nil : .wrongChecksum(frame: 0, offsetInFile: 0)))
    }
  }
}
