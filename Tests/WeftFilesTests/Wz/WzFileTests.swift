import Dispatch
import Testing
import WeftFiles
import WeftTensors

@Suite("WzFile")
struct WzFileTests {
  private func open(_ bytes: [UInt8]) throws -> WzFile {
    let scratch = try Scratch()
    return try WzFile(InputFile.open(scratch.write(bytes, to: "file.wz")))
  }

  private func read(_ source: WzFile, _ range: Range<Int>) throws -> [UInt8] {
    let buffer = ByteBuffer(byteCount: range.count)
    try source.read(at: range.lowerBound, into: buffer.all)
    return buffer.all.array
  }

  @Test(
    "any range of what was packed can be read, in any form and from any size of chunk",
    arguments: PlaneForm.all)
  func ranges(form: PlaneForm) throws {
    let content = weightLike(50_001) + [UInt8](repeating: 0, count: 3000) + noise(1003)
    for chunkByteCount in [1, 999, 4096, 60_000] {
      let packed = chunkByteCount == 1 ? Array(content.suffix(40)) : content
      let source = try open(WzImage([(packed, form)], chunkByteCount: chunkByteCount).bytes)
      let count = packed.count
      #expect(source.byteCount == count)
      #expect(try source.bytes(0..<count) == packed)
      for range in [0..<0, 0..<1, 9..<11, count / 3..<count / 2, count - 1..<count] {
        #expect(try read(source, range) == Array(packed[range]))
      }
      #expect(throws: FileError.self) { try read(source, count - 1..<count + 1) }
      #expect(throws: FileError.self) { try read(source, count + 1..<count + 1) }
    }
  }

  @Test("a safetensors file comes back byte for byte, whatever padding and order its header has")
  func wholeFile() throws {
    let header =
      "\t{\"b\": {\"shape\": [3, 1], \"data_offsets\":[0,12], \"dtype\":\"F32\"},\r\n"
      + "\"__metadata__\":{\"z\":\"\\u00e9\",\"a\":\"\"},\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[12,14]}}   \n"
    // A signalling NaN, an infinity and a negative zero.
    let singles: [UInt8] = [1, 0, 0x80, 0x7F, 0, 0, 0x80, 0xFF, 0, 0, 0, 0x80]
    let plain = safetensors(header, data: singles + [0x01, 0x7D])
    let start = Array(plain.dropLast(14))
    let bytes = WzImage(
      header: start, [(singles, PlaneForm(.f32)), ([0x01, 0x7D], PlaneForm(.f16))]
    ).bytes
    let source = try open(bytes)
    #expect(try source.bytes(0..<source.byteCount) == plain)

    let scratch = try Scratch()
    let checkpoint = try Checkpoint.open(scratch.write(bytes, to: "model.safetensors.wz"))
    let same = try Checkpoint.open(scratch.write(plain, to: "model.safetensors"))
    #expect(checkpoint.format == .safetensorsWz)
    #expect(checkpoint.byteCount == bytes.count)
    #expect(checkpoint.metadata == same.metadata)
    #expect(checkpoint.fingerprints == same.fingerprints)
    #expect(checkpoint.tensors.map(\.info) == same.tensors.map(\.info))
    #expect(try checkpoint["b"]?.bytes() == singles)
    #expect(try checkpoint["a"]?.bytes() == [0x01, 0x7D])
  }

  @Test("no reader of safetensors takes it for its own")
  func foreign() throws {
    let scratch = try Scratch()
    let file = try InputFile.open(scratch.write(WzImage([(noise(99), .bytes)]).bytes, to: "f"))
    let error = actionableError { try SafetensorsHeader.read(file) } as? SafetensorsError
    guard case .headerTooLarge = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("threads that read at once get the bytes of their own ranges")
  func threads() throws {
    let content = weightLike(100_000)
    let source = try open(WzImage([(content, PlaneForm(.bf16))], chunkByteCount: 3000).bytes)
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let range = index * 1500..<index * 1500 + 4000
      #expect((try? read(source, range)) == Array(content[range]))
    }
  }

  @Test("the largest chunks are read, a header of many chunks and a file without one")
  func extremes() throws {
    let content = [UInt8](repeating: 5, count: Wz.maximumChunkByteCount)
    #expect(
      try open(WzImage([(content, .bytes)], chunkByteCount: content.count).bytes).byteCount
        == content.count)
    let image = WzImage(header: noise(100), [(noise(50, seed: 2), .bytes)], chunkByteCount: 7)
    #expect(image.headerCount == 15)
    #expect(try open(image.bytes).bytes(0..<150) == noise(100) + noise(50, seed: 2))
    #expect(try open(WzImage([]).bytes).byteCount == 0)
  }
}
