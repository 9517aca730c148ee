import WeftFiles
import WeftTensors

/// A seekable zstd file taken apart.
struct ZstdImage {
  typealias Entry = (compressedByteCount: Int, byteCount: Int, checksum: UInt32?)

  /// The packed frames.
  private(set) var frames: [[UInt8]] = []
  /// What the table says of them.
  private var entries: [Entry] = []

  /// Packs content in frames of a size.
  init(content: [UInt8], frameByteCount: Int) throws {
    let compressor = ZstdCompressor(level: 1)
    for start in stride(from: 0, to: content.count, by: frameByteCount) {
      let part = Array(content[start..<min(start + frameByteCount, content.count)])
      let buffer = ByteBuffer(byteCount: part.count)
      buffer.all.copy(from: part)
      let frame = try compressor.compress(buffer.all)
      frames.append(frame)
      entries.append((frame.count, part.count, ZstdCompressor.checksum(of: frame)))
    }
  }

  /// Stores content in frames of a size that do not say it.
  init(storing content: [UInt8], frameByteCount: Int) {
    for start in stride(from: 0, to: content.count, by: frameByteCount) {
      let part = content[start..<min(start + frameByteCount, content.count)]
      // A header with a window instead of a size, then one block that is the last and not compressed.
      var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x50]
      frame += Numbers.littleEndian(UInt64(part.count << 3 | 1), width: 3)
      frame += part
      frames.append(frame)
      entries.append((frame.count, part.count, nil))
    }
  }

  /// Takes a file apart by its table, or gives nil when that leads out of it.
  init?(_ bytes: [UInt8]) {
    let count = Numbers.littleEndian(bytes, at: bytes.count - 9, width: 4)
    guard bytes.count >= 17, count <= 4096 else { return nil }
    let hasChecksums = bytes[bytes.count - 5] & 0x80 != 0
    let width = hasChecksums ? 12 : 8
    let table = bytes.count - 9 - count * width
    guard table >= 8 else { return nil }
    for start in stride(from: table, to: bytes.count - 9, by: width) {
      let checksum = UInt32(
        truncatingIfNeeded: Numbers.littleEndian(bytes, at: start + 8, width: 4))
      entries.append(
        (
          Numbers.littleEndian(bytes, at: start, width: 4),
          Numbers.littleEndian(bytes, at: start + 4, width: 4), hasChecksums ? checksum : nil
        ))
    }
    var offset = table - 8 - entries.reduce(0) { $0 + $1.compressedByteCount }
    guard offset >= 0 else { return nil }
    for entry in entries {
      frames.append(Array(bytes[offset..<offset + entry.compressedByteCount]))
      offset += entry.compressedByteCount
    }
  }

  /// The file.
  var bytes: [UInt8] { frames.flatMap(\.self) + SeekTable.bytes(entries) }

  /// The file after a frame that readers skip.
  var bytesAfterSkippable: [UInt8] { [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3] + bytes }

  /// Makes the table one without checksums.
  mutating func dropChecksums() {
    for index in entries.indices { entries[index].checksum = nil }
  }
}

extension ZstdImage {
  /// Makes one change to the frames, which the table follows.
  mutating func mutate(_ random: inout FuzzRandom) {
    guard !frames.isEmpty else { return }
    let index = random.below(frames.count)
    let other = random.below(frames.count)
    switch random.below(9) {
    case 0: remove(index)
    case 1:
      frames.insert(frames[index], at: other)
      entries.insert(entries[index], at: other)
    case 2:
      frames.swapAt(index, other)
      entries.swapAt(index, other)
    case 3: join(index)
    case 4: dropChecksums()
    case 5: moveBytes(from: index, to: other, &random)
    case 6: changeHeader(of: index, &random)
    default: ByteMutation.mutate(&frames[index], other: frames[other], &random)
    }
    for index in frames.indices { entries[index].compressedByteCount = frames[index].count }
  }

  private mutating func remove(_ index: Int) {
    frames.remove(at: index)
    entries.remove(at: index)
  }

  /// Makes the table count some bytes of a frame as another's.
  private mutating func moveBytes(from index: Int, to other: Int, _ random: inout FuzzRandom) {
    let count = 1 + random.below(min(entries[index].byteCount, 16))
    guard entries[index].byteCount >= count else { return }
    entries[index].byteCount -= count
    entries[other].byteCount += count
  }

  /// Puts two frames under one entry.
  private mutating func join(_ index: Int) {
    guard index + 1 < frames.count else { return }
    frames[index] += frames[index + 1]
    entries[index].byteCount += entries[index + 1].byteCount
    remove(index + 1)
  }

  /// Changes what a frame says of itself: descriptor, window, size, and the first block's header.
  private mutating func changeHeader(of index: Int, _ random: inout FuzzRandom) {
    var start = Array(frames[index].prefix(14))
    ByteMutation.mutate(&start, &random)
    frames[index].replaceSubrange(0..<min(14, frames[index].count), with: start)
  }

  /// Changes a number of the table, its header or its footer.
  static func changeField(of bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let count = Numbers.littleEndian(bytes, at: bytes.count - 9, width: 4)
    let hasChecksums = bytes.count > 5 && bytes[bytes.count - 5] & 0x80 != 0
    let width = hasChecksums ? 12 : 8
    let end = bytes.count
    switch random.below(8) {
    case 0: Numbers.change(&bytes, at: end - 9, width: 4, &random)
    case 1: Numbers.change(&bytes, at: end - 5, width: 1, &random)
    case 2: Numbers.change(&bytes, at: end - 4, width: 4, &random)
    case 3: Numbers.change(&bytes, at: end - 9 - count % 4096 * width - 4, width: 4, &random)
    default:
      let entry = end - 9 - (1 + random.below(count % 4096)) * width
      Numbers.change(&bytes, at: entry + 4 * random.below(width / 4), width: 4, &random)
    }
  }
}
