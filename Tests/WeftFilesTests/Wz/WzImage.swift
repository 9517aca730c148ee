import WeftFiles
import WeftTensors

/// A file of `.safetensors.wz` in the making, which a test may spoil.
struct WzImage {
  /// The packed chunks in the order of the file.
  var chunks: [[UInt8]] = []
  /// What the index will say of them.
  var entries: [WzIndex.Entry] = []
  /// How many chunks, at the end, are the header's.
  var headerCount = 0

  init() {}

  /// Packs a header, and data of elements, in chunks of a size.
  init(
    header: [UInt8] = [], _ data: [(bytes: [UInt8], form: PlaneForm)],
    chunkByteCount: Int = Wz.chunkByteCount
  ) {
    for (bytes, form) in data { append(bytes, as: form, chunkByteCount: chunkByteCount) }
    let count = chunks.count
    append(header, as: .bytes, chunkByteCount: chunkByteCount)
    headerCount = chunks.count - count
  }

  private mutating func append(_ bytes: [UInt8], as form: PlaneForm, chunkByteCount: Int) {
    let packer = WzPacker()
    for start in stride(from: 0, to: bytes.count, by: chunkByteCount) {
      let part = Array(bytes[start..<min(start + chunkByteCount, bytes.count)])
      let (chunk, checksum) = Self.packed(part, as: form, by: packer)
      chunks.append(chunk)
      entries.append(
        WzIndex.Entry(byteCount: part.count, packedByteCount: chunk.count, checksum: checksum))
    }
  }

  /// One chunk.
  static func packed(
    _ bytes: [UInt8], as form: PlaneForm, by packer: WzPacker = WzPacker(), repeats: Bool = false
  ) -> (chunk: [UInt8], checksum: UInt64) {
    let source = ByteBuffer(byteCount: bytes.count)
    source.all.copy(from: bytes)
    let target = ByteBuffer(byteCount: Wz.largestPackedByteCount(bytes.count))
    let (count, checksum) = packer.pack(source.all, as: form, repeats: repeats, into: target.all)
    return (target.all.prefix(count).array, checksum)
  }

  /// Adds a chunk that is written by hand; its checksum is that of other bytes.
  mutating func append(_ chunk: [UInt8], unpacked byteCount: Int) {
    chunks.append(chunk)
    entries.append(
      WzIndex.Entry(byteCount: byteCount, packedByteCount: chunk.count, checksum: 0))
  }

  /// The whole file.
  var bytes: [UInt8] {
    Wz.prologue + chunks.flatMap(\.self) + WzIndex.bytes(entries, headerCount: headerCount)
  }
}

/// Bytes that look like noise, the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}

/// The bytes of float32 weights around zero, near enough to a normal distribution: sums of twelve numbers.
func weights(_ count: Int, dtype: DType) -> [UInt8] {
  let random = noise(count * 12, seed: 7)
  return (0..<count).flatMap { index in
    let sum = random[index * 12..<(index + 1) * 12].reduce(Float(0)) {
      $0 + Float($1) + Float($1) / 256
    }
    let value = (sum / 256 - 6) * 0.03 + Float(index % 97) * 1e-9
    switch dtype {
    case .bf16: return Array(littleEndian(UInt64(value.bitPattern)).prefix(4).suffix(2))
    default: return Array(littleEndian(UInt64(value.bitPattern)).prefix(4))
    }
  }
}
