/// Changes that need not know what the bytes are.
enum ByteMutation {
  /// Makes one change; parts may be taken from another file.
  static func mutate(_ bytes: inout [UInt8], other: [UInt8] = [], _ random: inout FuzzRandom) {
    guard !bytes.isEmpty else { return bytes = random.isOne(in: 2) ? other : [0] }
    switch random.below(10) {
    case 0: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    case 1: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
    case 2, 3: changeNumber(in: &bytes, &random)
    case 4: bytes.removeSubrange(random.range(in: bytes.count))
    case 5: bytes.insert(contentsOf: part(of: bytes, &random), at: random.below(bytes.count + 1))
    case 6: bytes.insert(contentsOf: part(of: other, &random), at: random.below(bytes.count + 1))
    case 7: overwrite(&bytes, with: part(of: random.isOne(in: 2) ? other : bytes, &random), &random)
    case 8: insertRun(into: &bytes, &random)
    default: bytes.removeLast(random.below(random.isOne(in: 2) ? bytes.count : 16) % bytes.count)
    }
  }

  private static func part(of bytes: [UInt8], _ random: inout FuzzRandom) -> ArraySlice<UInt8> {
    bytes.isEmpty ? [] : bytes[random.range(in: bytes.count)]
  }

  private static func overwrite(
    _ bytes: inout [UInt8], with part: ArraySlice<UInt8>, _ random: inout FuzzRandom
  ) {
    let start = random.below(bytes.count)
    bytes.replaceSubrange(start..<min(start + part.count, bytes.count), with: part)
  }

  private static func insertRun(into bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let run = [UInt8](
      repeating: UInt8(truncatingIfNeeded: random.next()), count: random.below(64))
    bytes.insert(contentsOf: run, at: random.below(bytes.count + 1))
  }

  private static func changeNumber(in bytes: inout [UInt8], _ random: inout FuzzRandom) {
    let width = 1 << random.below(4)
    guard bytes.count >= width else { return }
    Numbers.change(
      &bytes, at: random.below(bytes.count - width + 1), width: width,
      isBigEndian: random.isOne(in: 8), &random)
  }
}
