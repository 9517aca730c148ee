import Testing
import WeftFiles
import WeftTensors

@Suite("CompressedSafetensors")
struct CompressedSafetensorsTests {
  private func open(_ bytes: [UInt8]) throws -> Checkpoint {
    let scratch = try Scratch()
    return try Checkpoint.open(scratch.write(bytes, to: "model.safetensors.zst"))
  }

  @Test("a packed model opens as the plain one does", arguments: [1, 7, 100, 1 << 20])
  func opening(frameByteCount: Int) throws {
    let plain = try safetensors(names: ["b", "a", "c"])
    let packed = try SeekableFile(plain, frameByteCount: frameByteCount).bytes
    for bytes in [packed, skippable([9]) + packed] {
      let checkpoint = try open(bytes)
      #expect(checkpoint.format == .safetensorsZst)
      #expect(checkpoint.byteCount == bytes.count)
      #expect(checkpoint.tensors.count == 3)
      #expect(try checkpoint["a"]?.bytes() == [0])
      #expect(try checkpoint["c"]?.bytes() == [2])
    }
  }

  @Test("a zstd file without a table is named, with advice")
  func plain() throws {
    let plain = try safetensors(names: ["a"])
    let frame = try SeekableFile(plain, frameByteCount: 1000).frames[0]
    let error = actionableError { try open(frame) } as? ZstdError
    #expect(error?.problem == .notSeekable)
    #expect(error?.advice.contains("zstd -d") == true)
  }

  @Test("what is packed and is no safetensors is malformed")
  func otherContent() throws {
    let packed = try SeekableFile(weightLike(5000), frameByteCount: 1000).bytes
    #expect(actionableError { try open(packed) } is SafetensorsError)
    #expect(actionableError { try open(SeekTable.bytes([])) } is SafetensorsError)
  }

  @Test("a huge header in few or in many frames is refused within a second and little memory")
  func headerBomb() throws {
    let header = 100_000_000
    let limit = SeekTable.maximumFrameByteCount
    for frameByteCount in [limit, header / SeekTable.maximumFrameCount + 1] {
      // All frames but the first are the same frame of spaces.
      let count = (header + 8) / frameByteCount
      let spaces = [UInt8](repeating: 0x20, count: frameByteCount)
      var first = spaces
      first.replaceSubrange(0..<9, with: littleEndian(UInt64(count * frameByteCount - 8)) + [0x7B])
      var file = try SeekableFile(first, frameByteCount: frameByteCount)
      let other = try SeekableFile(spaces, frameByteCount: frameByteCount)
      for _ in 1..<count {
        file.frames += other.frames
        file.entries += other.entries
      }
      let bytes = file.bytes
      let clock = ContinuousClock()
      let time = clock.measure { #expect(actionableError { try open(bytes) } is SafetensorsError) }
      print("header bomb in \(count) frames: \(time)")
      // Alone it takes half a second; other tests, and other programs, run beside it.
      #expect(time < .seconds(10))
    }
  }
}
