import WeftFiles
import WeftTensors

/// A file of `.safetensors.wz` taken apart.
struct WzImage {
  /// The packed chunks in the order of the file.
  private(set) var chunks: [[UInt8]] = []
  /// What the index says of them.
  private var entries: [WzIndex.Entry] = []
  /// How many chunks, at the end, are the header's.
  private var headerCount = 0

  private static let prologueByteCount = 16
  private static let entryByteCount = 16
  private static let epilogueByteCount = 32

  /// Packs a safetensors file in chunks of a size; those of its data are in a form that they need not suit.
  init(content: [UInt8], chunkByteCount: Int, form: PlaneForm) {
    let length = Numbers.littleEndian(content, at: 0, width: 8)
    let header = min(content.count, 8 + max(0, min(length, content.count)))
    append(Array(content[header...]), chunkByteCount: chunkByteCount, form: form)
    let count = chunks.count
    append(Array(content[..<header]), chunkByteCount: chunkByteCount, form: .bytes)
    headerCount = chunks.count - count
  }

  private mutating func append(_ bytes: [UInt8], chunkByteCount: Int, form: PlaneForm) {
    for start in stride(from: 0, to: bytes.count, by: chunkByteCount) {
      let part = Array(bytes[start..<min(start + chunkByteCount, bytes.count)])
      let (chunk, checksum) = Self.packed(part, form: form)
      chunks.append(chunk)
      entries.append(
        WzIndex.Entry(byteCount: part.count, packedByteCount: chunk.count, checksum: checksum))
    }
  }

  private static func packed(
    _ bytes: [UInt8], form: PlaneForm
  ) -> (chunk: [UInt8], checksum: UInt64) {
    let source = ByteBuffer(byteCount: bytes.count)
    source.all.copy(from: bytes)
    let target = ByteBuffer(byteCount: Wz.largestPackedByteCount(bytes.count))
    let (count, checksum) = WzPacker().pack(source.all, as: form, into: target.all)
    return (target.all.prefix(count).array, checksum)
  }

  /// Takes a file apart by its index, or gives nil when that leads out of it.
  init?(_ bytes: [UInt8]) {
    let end = bytes.count - Self.epilogueByteCount
    guard end >= Self.prologueByteCount else { return nil }
    let count = Numbers.littleEndian(bytes, at: end, width: 4)
    let index = end - count * Self.entryByteCount
    guard count <= 4096, index >= Self.prologueByteCount else { return nil }
    headerCount = Numbers.littleEndian(bytes, at: end + 4, width: 4)
    var offset = Self.prologueByteCount
    for start in stride(from: index, to: end, by: Self.entryByteCount) {
      let entry = WzIndex.Entry(
        byteCount: Numbers.littleEndian(bytes, at: start, width: 4),
        packedByteCount: Numbers.littleEndian(bytes, at: start + 4, width: 4),
        checksum: UInt64(
          bitPattern: Int64(Numbers.littleEndian(bytes, at: start + 8, width: 8))))
      guard entry.packedByteCount <= index - offset else { return nil }
      chunks.append(Array(bytes[offset..<offset + entry.packedByteCount]))
      entries.append(entry)
      offset += entry.packedByteCount
    }
  }

  /// The file, with an index that has its checksum.
  var bytes: [UInt8] {
    Wz.prologue + chunks.flatMap(\.self) + WzIndex.bytes(entries, headerCount: headerCount)
  }
}

extension WzImage {
  /// Makes one change to the chunks, which the index follows.
  mutating func mutate(_ random: inout FuzzRandom) {
    guard !chunks.isEmpty else { return }
    let index = random.below(chunks.count)
    let other = random.below(chunks.count)
    switch random.below(9) {
    case 0: remove(index)
    case 1:
      chunks.insert(chunks[index], at: other)
      entries.insert(entries[index], at: other)
    case 2:
      chunks.swapAt(index, other)
      entries.swapAt(index, other)
    case 3: headerCount = random.below(chunks.count + 2)
    case 4: moveBytes(from: index, to: other, &random)
    case 5: entries[index].byteCount = 1 + random.below(2 * entries[index].byteCount + 8)
    case 6, 7: changeHead(of: index, &random)
    default: ByteMutation.mutate(&chunks[index], other: chunks[other], &random)
    }
    for index in chunks.indices { entries[index].packedByteCount = chunks[index].count }
  }

  private mutating func remove(_ index: Int) {
    chunks.remove(at: index)
    entries.remove(at: index)
    headerCount = min(headerCount, chunks.count)
  }

  /// Makes the index count some bytes of a chunk as another's.
  private mutating func moveBytes(from index: Int, to other: Int, _ random: inout FuzzRandom) {
    let count = 1 + random.below(16)
    guard entries[index].byteCount > count else { return }
    entries[index].byteCount -= count
    entries[other].byteCount += count
  }

  /// Changes what a chunk says of its planes, and the start of the first one.
  private mutating func changeHead(of index: Int, _ random: inout FuzzRandom) {
    let count = min(1 + 4 * (1 + random.below(8)), chunks[index].count)
    var head = Array(chunks[index].prefix(count))
    ByteMutation.mutate(&head, &random)
    chunks[index].replaceSubrange(0..<count, with: head)
  }

  /// Changes a number of the index or at the end; its checksum is then another.
  static func changeField(of bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let end = bytes.count - epilogueByteCount
    guard end >= prologueByteCount else { return }
    switch random.below(8) {
    case 0: Numbers.change(&bytes, at: 8, width: 4, &random)
    case 1: Numbers.change(&bytes, at: end, width: 4, &random)
    case 2: Numbers.change(&bytes, at: end + 4, width: 4, &random)
    case 3: Numbers.change(&bytes, at: end + 8, width: 8, &random)
    default:
      let count = Numbers.littleEndian(bytes, at: end, width: 4) % 4096
      let entry = end - (1 + random.below(max(1, count))) * entryByteCount
      Numbers.change(&bytes, at: entry + 4 * random.below(4), width: 4, &random)
    }
  }

  /// Gives entries numbers of their own, in an index whose checksum is right.
  mutating func changeEntry(_ random: inout FuzzRandom) {
    guard let index = entries.indices.randomElement(using: &random) else { return }
    switch random.below(3) {
    case 0: entries[index].byteCount = random.below(1 << (1 + random.below(31)))
    case 1: entries[index].packedByteCount = random.below(1 << (1 + random.below(31)))
    default: entries[index].checksum ^= 1 << UInt64(random.below(64))
    }
  }
}
