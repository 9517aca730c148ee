import CZlib
import WeftFiles

/// A PNG file as its chunks; their checksums are always right, so that a reader looks at what is in them.
struct PNGImage {
  /// A kind and what is in it.
  struct Chunk {
    var kind: [UInt8]
    var data: [UInt8]
  }

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  private static let names: [String] = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "tEXt", "zTXt", "iTXt", "iCCP", "sRGB", "gAMA", "cHRM",
    "bKGD", "hIST", "pHYs", "sPLT", "tIME", "eXIf", "oFFs", "sBIT", "abCd",
  ]

  var chunks: [Chunk] = []

  /// Takes a file apart; nil for one that does not start as a PNG does.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.signature) else { return nil }
    var offset = Self.signature.count
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = min(offset + 8 + length, bytes.count)
      chunks.append(
        Chunk(kind: Array(bytes[offset + 4..<offset + 8]), data: Array(bytes[offset + 8..<end])))
      offset = end + 4
    }
  }

  private init(chunks: [Chunk]) { self.chunks = chunks }

  /// The bytes of the file.
  var bytes: [UInt8] {
    Self.signature
      + chunks.flatMap { chunk in
        let checked = chunk.kind + chunk.data
        return Self.number(chunk.data.count) + checked + Self.number(Int(Checksum.of(checked)))
      }
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Makes one change.
  mutating func mutate(_ random: inout FuzzRandom) {
    let index = random.below(chunks.count)
    switch random.below(6) {
    case 0: chunks.insert(chunks[index], at: random.below(chunks.count + 1))
    case 1: chunks.remove(at: index)
    case 2: chunks[index].kind = Array((random.element(of: Self.names) ?? "IDAT").utf8)
    case 3: chunks.swapAt(index, random.below(chunks.count))
    case 4: mutateHeader(&random)
    default: ByteMutation.mutate(&chunks[index].data, &random)
    }
  }

  /// Changes the size, or the depth, the kind of colours, or the interlacing.
  private mutating func mutateHeader(_ random: inout FuzzRandom) {
    guard let index = chunks.firstIndex(where: { $0.kind == Array("IHDR".utf8) }),
      chunks[index].data.count == 13
    else { return }
    switch random.below(3) {
    case 0:
      let offset = 4 * random.below(2)
      Numbers.change(&chunks[index].data, at: offset, width: 4, isBigEndian: true, &random)
    case 1: chunks[index].data[8] = [1, 2, 4, 8, 16][random.below(5)]
    default: chunks[index].data[9 + random.below(4)] = UInt8(random.below(8))
    }
  }

  /// Files of kinds that the writer does not write: palettes, few bits, many bits, interlaced, packed texts.
  static let kinds: [PNGImage] = [
    // Depth, kind of colours, interlacing, bytes of pixels with their filters.
    image(4, 3, 0, byteCount: 9 * 8, [Chunk("PLTE", Array(0..<48)), Chunk("tRNS", [0, 128])]),
    image(1, 0, 0, byteCount: 9 * 3, [Chunk("tRNS", [0, 1])]),
    image(16, 2, 0, byteCount: 9 * 79, [Chunk("zTXt", Array("a\0\0".utf8) + packed([65, 66]))]),
    image(
      16, 4, 0, byteCount: 9 * 53, [Chunk("iTXt", Array("a\0\u{1}\0\0\0".utf8) + packed([65]))]),
    image(8, 0, 1, byteCount: 200, [Chunk("eXIf", Array("MM\0*\0\0\0\u{8}\0\0\0\0\0\0".utf8))]),
  ]

  private static func image(
    _ depth: UInt8, _ colours: UInt8, _ interlacing: UInt8, byteCount: Int, _ extra: [Chunk]
  ) -> PNGImage {
    let header = [0, 0, 0, 13, 0, 0, 0, 9, depth, colours, 0, 0, interlacing]
    let pixels = packed([UInt8](repeating: 0, count: byteCount))
    return PNGImage(
      chunks: [Chunk("IHDR", header)] + extra + [Chunk("IDAT", pixels), Chunk("IEND", [])])
  }

  private static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(count)) { memory, filled in
      // In bounds: the memory has the room that zlib says it needs.
      filled =
        compress(memory.baseAddress, &count, bytes, uLong(bytes.count)) == Z_OK ? Int(count) : 0
    }
  }
}

extension PNGImage.Chunk {
  init(_ kind: String, _ data: [UInt8]) { self.init(kind: Array(kind.utf8), data: data) }
}
