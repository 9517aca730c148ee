import Testing
import WeftFiles
import WeftTensors

@Suite("Hostile .safetensors.wz files")
struct WzErrorTests {
  private let good = WzImage(
    header: Array("header".utf8), [(weightLike(10_000), PlaneForm(.bf16))], chunkByteCount: 1000)

  /// What is wrong with a file when all of it is read.
  private func problem(_ bytes: [UInt8]) throws -> WzError.Problem? {
    let scratch = try Scratch()
    let file = try InputFile.open(scratch.write(bytes, to: "file.wz"))
    let error = actionableError {
      let source = try WzFile(file)
      return try source.bytes(0..<source.byteCount)
    }
    #expect(error == nil || error?.status == .badData)
    return (error as? WzError)?.problem
  }

  private func spoiled(_ change: (inout WzImage) -> Void) throws -> WzError.Problem? {
    var image = good
    change(&image)
    return try problem(image.bytes)
  }

  /// The good file with other bytes, counted from its end.
  private func tail(_ bytes: [UInt8], fromEnd distance: Int) -> [UInt8] {
    var all = good.bytes
    all.replaceSubrange(all.count - distance..<all.count - distance + bytes.count, with: bytes)
    return all
  }

  /// What is wrong with a file of one chunk that is written by hand.
  private func damage(_ chunk: [UInt8], unpacked byteCount: Int) throws -> WzError.Damage? {
    var image = WzImage()
    image.append(chunk, unpacked: byteCount)
    guard case .damagedChunk(0, 16, let damage) = try problem(image.bytes) else { return nil }
    return damage
  }

  /// The head of a chunk: its form, then method and size of each plane.
  private func head(_ code: UInt8, _ planes: [(method: UInt32, byteCount: UInt32)]) -> [UInt8] {
    [code] + planes.flatMap { littleEndian(UInt64($0.method << 30 | $0.byteCount)).prefix(4) }
  }

  @Test("the unspoiled file is read")
  func sound() throws { #expect(try problem(good.bytes) == nil) }

  @Test("a file that is cut, or has more at its end")
  func truncated() throws {
    let bytes = good.bytes
    for count in [0, 8, 16, 47] {
      #expect(try problem(Array(bytes.prefix(count))) == .tooShort(byteCount: count))
    }
    for count in [48, bytes.count / 2, bytes.count - 1] {
      #expect(try problem(Array(bytes.prefix(count))) == .noEnd)
    }
    #expect(try problem(bytes + [0]) == .noEnd)
    // Bytes that are missing, or too many, in the middle.
    let sum = good.chunks.joined().count
    for (middle, expected) in [([UInt8](), sum - 100), (noise(300), sum + 200)] {
      let cut = Array(bytes.prefix(500)) + middle + Array(bytes.dropFirst(600))
      #expect(try problem(cut) == .wrongSum(byteCount: sum, expected: expected))
    }
  }

  @Test("another version, or a start that is none")
  func version() throws {
    var bytes = good.bytes
    bytes[8] = 2
    #expect(try problem(bytes) == .unknownVersion(2))
    bytes = good.bytes
    bytes[12] = 1
    #expect(try problem(bytes) == .unknownVersion(1))
    bytes = good.bytes
    bytes[3] ^= 1
    #expect(try problem(bytes) == .unknownVersion(1))
  }

  @Test("every byte of the index and of the end that is changed is noticed")
  func index() throws {
    let indexByteCount = WzIndex.bytes(good.entries, headerCount: 1).count
    for distance in 1...indexByteCount {
      let bytes = good.bytes
      let spoiled = tail([bytes[bytes.count - distance] ^ 0x40], fromEnd: distance)
      #expect(try problem(spoiled) != nil, "\(distance) from the end")
    }
  }

  @Test("numbers of chunks that cannot be")
  func counts() throws {
    for count in [Wz.maximumChunkCount + 1, Int(UInt32.max)] {
      let bytes = tail(Array(littleEndian(UInt64(count)).prefix(4)), fromEnd: 32)
      #expect(try problem(bytes) == .tooManyChunks(count))
    }
    guard case .invalidIndex = try problem(tail([0, 0, 15, 0], fromEnd: 32)) else {
      throw Unexpected()
    }
    guard case .invalidIndex = try spoiled({ $0.headerCount = 12 }) else { throw Unexpected() }
    // Fewer than there are: what is left over is no chunk.
    guard case .invalidIndex = try problem(tail([10], fromEnd: 32)) else { throw Unexpected() }
  }

  @Test("sizes over the limits, such as of 4 GiB")
  func sizes() throws {
    for byteCount in [0, Wz.maximumChunkByteCount + 1, Int(UInt32.max)] {
      #expect(
        try spoiled { $0.entries[3].byteCount = byteCount }
          == .invalidChunkSize(chunk: 3, byteCount: byteCount))
    }
    let limit = Wz.largestPackedByteCount(1000)
    for byteCount in [limit + 1, Int(UInt32.max)] {
      #expect(
        try spoiled { $0.entries[3].packedByteCount = byteCount }
          == .packedTooLarge(chunk: 3, byteCount: byteCount, unpackedByteCount: 1000))
    }
    let sum = good.chunks.joined().count
    #expect(
      try spoiled { $0.entries[0].packedByteCount -= 1 }
        == .wrongSum(byteCount: sum - 1, expected: sum))
  }

  @Test("a total that is not that of the chunks, with a checksum that is right")
  func total() throws {
    var end = WzIndex.bytes(good.entries, headerCount: 1)
    let offset = end.count - 24
    end.replaceSubrange(offset..<offset + 8, with: [UInt8](repeating: 0xFF, count: 8))
    let checksum = hash(Array(end.prefix(end.count - 16)))
    end.replaceSubrange(end.count - 16..<end.count - 8, with: littleEndian(checksum))
    let bytes = Wz.prologue + good.chunks.flatMap(\.self) + end
    #expect(try problem(bytes) == .wrongTotal(byteCount: 10_006, expected: .max))
  }

  /// The XXH64 of bytes, as a chunk of them has it.
  private func hash(_ bytes: [UInt8]) -> UInt64 { WzImage.packed(bytes, as: .bytes).checksum }

  @Test("every byte of a chunk that is changed is noticed, with the chunk's number and place")
  func corruptByte() throws {
    let start = 16 + good.chunks[0].count + good.chunks[1].count
    for index in good.chunks[2].indices where index % 5 == 0 || index < 30 {
      let found = try spoiled { $0.chunks[2][index] ^= 0x55 }
      // The header is the first chunk of what is unpacked.
      guard case .damagedChunk(3, start, _) = found else {
        Issue.record("byte \(index): \(String(describing: found))")
        continue
      }
    }
  }

  @Test("forms that no elements have", arguments: [0x04, 0x10, 0x14, 0x20, 0x80, 0xFF] as [UInt8])
  func forms(code: UInt8) throws {
    #expect(try damage([code] + noise(40), unpacked: 40) == .unknownForm(code))
  }

  @Test("planes that do not fit into their chunk")
  func planeSums() throws {
    #expect(try damage([], unpacked: 4) == .wrongSum(byteCount: 1, expected: 0))
    #expect(try damage([0x00, 4], unpacked: 4) == .wrongSum(byteCount: 5, expected: 2))
    #expect(
      try damage(head(0, [(0, 5)]) + noise(4), unpacked: 5)
        == .wrongSum(byteCount: 10, expected: 9))
    #expect(
      try damage(head(0, [(0, 0x3FFF_FFFF)]) + noise(4), unpacked: 4)
        == .wrongSum(byteCount: 0x3FFF_FFFF + 5, expected: 9))
    // One byte is left over, or missing, after planes of two bytes each.
    let planes = head(0x11, [(0, 2), (0, 2)])
    #expect(
      try damage(planes + noise(5), unpacked: 4) == .wrongSum(byteCount: 13, expected: 14))
    #expect(
      try damage(planes + noise(4), unpacked: 5) == .wrongSum(byteCount: 14, expected: 13))
  }

  @Test("planes of the wrong size, in each method, and a method that is not known")
  func planes() throws {
    #expect(
      try damage(head(0, [(0, 4)]) + noise(4), unpacked: 5)
        == .wrongPlaneSize(plane: 0, byteCount: 4, expected: 5))
    #expect(
      try damage(head(0x11, [(0, 2), (0, 3)]) + noise(5), unpacked: 4)
        == .wrongPlaneSize(plane: 1, byteCount: 3, expected: 2))
    #expect(
      try damage(head(0, [(2, 2)]) + [1, 1], unpacked: 5)
        == .wrongPlaneSize(plane: 0, byteCount: 2, expected: 1))
    #expect(
      try damage(head(0, [(2, 0)]), unpacked: 5)
        == .wrongPlaneSize(plane: 0, byteCount: 0, expected: 1))
    #expect(try damage(head(0, [(3, 4)]) + noise(4), unpacked: 4) == .unknownMethod(plane: 0))
  }

  /// A frame of one repeated byte; its size is stated in eight bytes, or there is a window instead.
  private func frame(_ count: UInt64, stating stated: UInt64?) -> [UInt8] {
    let block = littleEndian(count << 3 | 3).prefix(3) + [0x41]
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    return magic + (stated.map { [0xE0] + littleEndian($0) } ?? [0, 0x50]) + block
  }

  @Test(
    "frames that unpack to another size than the plane's, or claim to",
    arguments: [
      (100, nil, 99, nil), (100, nil, 101, 100), (100, 1 << 40, 100, 1 << 40), (100, 101, 100, 101),
    ] as [(UInt64, UInt64?, Int, Int?)])
  func frames(count: UInt64, stated: UInt64?, unpacked: Int, found: Int?) throws {
    let frame = frame(count, stating: stated)
    #expect(
      try damage(head(0, [(1, UInt32(frame.count))]) + frame, unpacked: unpacked)
        == .wrongPlaneSize(plane: 0, byteCount: found, expected: unpacked))
  }

  @Test("frames that are none, are two, or have skippable ones around them")
  func notOneFrame() throws {
    let one = frame(100, stating: 100)
    for bytes in [
      one + one, skippable([1]) + one, one + skippable([1]), one.dropLast(), noise(30), [],
    ] {
      let found = try damage(head(0, [(1, UInt32(bytes.count))]) + bytes, unpacked: 100)
      guard case .corruptPlane(plane: 0, _) = found else {
        Issue.record("\(String(describing: found))")
        continue
      }
    }
    // A window of 2 TiB, which a frame that says no size asks for.
    var window = frame(100, stating: nil)
    window[5] = 0xF8
    #expect(try damage(head(0, [(1, UInt32(window.count))]) + window, unpacked: 100) != nil)
  }

  @Test("chunks that have changed places, and a header that is another chunk")
  func order() throws {
    let swapped = try spoiled { $0.chunks.swapAt(1, 2) }
    #expect(swapped != nil)
    // All is in order for the container: it is the safetensors file that is none.
    let scratch = try Scratch()
    var image = good
    image.headerCount = 0
    let path = try scratch.write(image.bytes, to: "f.safetensors.wz")
    #expect(actionableError { try Checkpoint.open(path) } is SafetensorsError)
  }

  @Test("a huge header in few chunks is refused within a second and little memory")
  func headerBomb() throws {
    let chunk = head(0, [(2, 1)]) + [0x20]
    let spaces = [UInt8](repeating: 0x20, count: Wz.maximumChunkByteCount)
    let checksum = hash(spaces)
    let count = 23
    var image = WzImage(header: littleEndian(UInt64(count * spaces.count + 1)) + [0x7B], [])
    for _ in 0..<count {
      image.chunks.append(chunk)
      image.entries.append(
        WzIndex.Entry(byteCount: spaces.count, packedByteCount: chunk.count, checksum: checksum))
    }
    image.headerCount += count
    let scratch = try Scratch()
    let path = try scratch.write(image.bytes, to: "bomb.safetensors.wz")
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(actionableError { try Checkpoint.open(path) } is SafetensorsError)
    }
    print("header bomb in \(count) chunks: \(time)")
    // Alone it takes half a second; other tests, and other programs, run beside it.
    #expect(time < .seconds(10))
  }

  struct Unexpected: Error {}
}
