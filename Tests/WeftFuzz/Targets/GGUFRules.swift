import WeftFiles
import WeftTensors

/// The rules of the format once more, in the simplest words.
///
/// Source: https://github.com/ggml-org/ggml/blob/d99724f2/docs/gguf.md and src/gguf.cpp
enum GGUFRules {
  private struct Entry: Equatable {
    let name: String
    let offset: Int
    let byteCount: Int
  }

  /// The number of elements and bytes of a block of each type, by the type's number.
  private static let blocks: [Int: (elementCount: Int, byteCount: Int)] = [
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
    40: (64, 36), 41: (128, 18), 42: (64, 18),
  ]

  /// A file that was opened must follow the rules, and hold the tensors that they give.
  static func compare(_ checkpoint: Checkpoint, with bytes: [UInt8]) throws {
    guard let entries = entries(of: bytes) else {
      throw Finding("a file is read that breaks the rules")
    }
    let found = checkpoint.tensors.map {
      // What has no bytes may be said to be anywhere.
      Entry(
        name: $0.info.name, offset: $0.info.byteCount == 0 ? 0 : $0.offset,
        byteCount: $0.info.byteCount)
    }
    guard found == entries else { throw Finding("other tensors are read than the header lists") }
  }

  /// A file that was refused for where its tensors are must break the rules.
  static func compare(_ error: GGUFError, with bytes: [UInt8]) throws {
    switch error.problem {
    case .misplaced, .brokenRow, .invalidSize, .truncated, .tooMuchData, .headerCutShort,
      .invalidAlignment, .unknownType, .invalidDimension:
      guard entries(of: bytes) == nil else {
        throw Finding("a file is refused that follows the rules: \(error)")
      }
    default: break
    }
  }

  /// The tensors of a file, or nil when it breaks a rule.
  private static func entries(of bytes: [UInt8]) -> [Entry]? {
    guard let image = GGUFImage(bytes), let alignment = alignment(of: image) else { return nil }
    let version = Numbers.littleEndian(bytes, at: 4, width: 4)
    guard version == 2 || version == 3, let end = image.tensorCuts.last else { return nil }
    let start = (end + alignment - 1) / alignment * alignment
    var next = 0
    var entries: [Entry] = []
    for cut in image.tensorCuts.dropLast() {
      guard let entry = entry(bytes, at: cut), entry.offset == next else { return nil }
      let (last, overflow) = start.addingReportingOverflow(next)
      guard !overflow, entry.byteCount == 0 || last <= bytes.count,
        entry.byteCount <= max(0, bytes.count - last)
      else { return nil }
      entries.append(
        Entry(
          name: entry.name, offset: entry.byteCount == 0 ? 0 : last, byteCount: entry.byteCount))
      next = (next + entry.byteCount + alignment - 1) / alignment * alignment
    }
    return entries
  }

  private static func alignment(of image: GGUFImage) -> Int? {
    for (start, end) in zip(image.pairCuts, image.pairCuts.dropFirst()) {
      let pair = Array(image.bytes[start..<end])
      let length = Numbers.littleEndian(pair, at: 0, width: 8)
      guard pair[8..<8 + length].elementsEqual("general.alignment".utf8) else { continue }
      let value = Numbers.littleEndian(pair, at: 12 + length, width: 4)
      let isRight = Numbers.littleEndian(pair, at: 8 + length, width: 4) == 4
      return isRight && value.nonzeroBitCount == 1 ? value : nil
    }
    return 32
  }

  private static func entry(_ bytes: [UInt8], at cut: Int) -> Entry? {
    let length = Numbers.littleEndian(bytes, at: cut, width: 8)
    let name = String(decoding: bytes[cut + 8..<cut + 8 + length], as: UTF8.self)
    var cursor = cut + 8 + length
    let rank = Numbers.littleEndian(bytes, at: cursor, width: 4)
    guard rank <= 5 else { return nil }
    let sizes = (0..<rank).map { Numbers.littleEndian(bytes, at: cursor + 4 + 8 * $0, width: 8) }
    cursor += 4 + 8 * rank
    guard let block = blocks[Numbers.littleEndian(bytes, at: cursor, width: 4)],
      sizes.allSatisfy({ $0 >= 0 }), (sizes.first ?? 1) % block.elementCount == 0
    else { return nil }
    var product = 1
    for size in sizes where size > 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
    }
    if sizes.contains(0) { product = 0 }
    let (byteCount, overflow) = (product / block.elementCount)
      .multipliedReportingOverflow(by: block.byteCount)
    let offset = Numbers.littleEndian(bytes, at: cursor + 4, width: 8)
    return overflow ? nil : Entry(name: name, offset: offset, byteCount: byteCount)
  }
}
