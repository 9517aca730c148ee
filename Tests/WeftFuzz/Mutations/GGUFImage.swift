/// A GGUF file in its fields, for changes by one who knows the format; nothing is checked.
struct GGUFImage {
  /// The magic, version and counts.
  private static let startByteCount = 24
  private static let widths: [Int: Int] = [
    0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
  ]

  /// A number in the file.
  struct Number {
    let offset: Int
    let width: Int
  }

  /// The file.
  private(set) var bytes: [UInt8]
  /// Where the key-value pairs start, and where the last one ends.
  private(set) var pairCuts: [Int] = []
  /// Where the tensors' descriptions start, and where the last one ends.
  private(set) var tensorCuts: [Int] = []
  /// The lengths, types, sizes and offsets.
  private(set) var numbers: [Number] = []
  private var cursor = startByteCount

  /// Takes a file apart, or gives nil when that does not go to its end.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.startByteCount, bytes.starts(with: "GGUF".utf8) else { return nil }
    self.bytes = bytes
    numbers = [
      Number(offset: 4, width: 4), .init(offset: 8, width: 8), .init(offset: 16, width: 8),
    ]
    let tensorCount = Numbers.littleEndian(bytes, at: 8, width: 8)
    let pairCount = Numbers.littleEndian(bytes, at: 16, width: 8)
    guard 0...1000 ~= tensorCount, 0...1000 ~= pairCount else { return nil }
    pairCuts = [cursor]
    for _ in 0..<pairCount {
      guard skipPair() else { return nil }
      pairCuts.append(cursor)
    }
    tensorCuts = [cursor]
    for _ in 0..<tensorCount {
      guard skipTensor() else { return nil }
      tensorCuts.append(cursor)
    }
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= bytes.count - cursor else { return false }
    cursor += count
    return true
  }

  private mutating func number(width: Int) -> Int? {
    let offset = cursor
    guard skip(width) else { return nil }
    numbers.append(Number(offset: offset, width: width))
    return Numbers.littleEndian(bytes, at: offset, width: width)
  }

  private mutating func skipText() -> Bool {
    number(width: 8).map { skip($0) } ?? false
  }

  private mutating func skipPair() -> Bool {
    guard skipText(), let type = number(width: 4) else { return false }
    guard type == 9 else { return skipValue(type) }
    guard let elementType = number(width: 4), let count = number(width: 8), count <= 10_000 else {
      return false
    }
    for _ in 0..<max(0, count) where !skipValue(elementType) { return false }
    return true
  }

  private mutating func skipValue(_ type: Int) -> Bool {
    if type == 8 { return skipText() }
    return Self.widths[type].map { number(width: $0) != nil } ?? false
  }

  private mutating func skipTensor() -> Bool {
    guard skipText(), let rank = number(width: 4), 0...8 ~= rank else { return false }
    for _ in 0..<rank where number(width: 8) == nil { return false }
    return number(width: 4) != nil && number(width: 8) != nil
  }
}

extension GGUFImage {
  /// Makes one change.
  mutating func mutate(_ random: inout FuzzRandom) {
    switch random.below(6) {
    case 0: rearrange(pairCuts, countOffset: 16, &random)
    case 1: rearrange(tensorCuts, countOffset: 8, &random)
    default:
      guard let number = random.element(of: numbers) else { return }
      Numbers.change(&bytes, at: number.offset, width: number.width, &random)
    }
  }

  /// Leaves out, repeats or swaps pairs or tensors; their number is mostly put right.
  private mutating func rearrange(
    _ cuts: [Int], countOffset: Int, _ random: inout FuzzRandom
  ) {
    var pieces = Pieces(bytes, cuts: cuts)
    guard pieces.count > 0 else { return }
    let middle = (cuts[0], cuts[cuts.count - 1])
    let before = bytes.count
    let index = random.below(pieces.count)
    let change: Int
    switch random.below(3) {
    case 0:
      pieces.remove(index..<index + 1)
      change = -1
    case 1:
      pieces.copy(index..<index + 1, before: random.below(pieces.count + 1))
      change = 1
    default:
      pieces.swap(index, random.below(pieces.count))
      change = 0
    }
    bytes = pieces.bytes
    if !random.isOne(in: 8) {
      let count = Numbers.littleEndian(bytes, at: countOffset, width: 8) + change
      bytes.replaceSubrange(
        countOffset..<countOffset + 8,
        with: Numbers.littleEndian(UInt64(truncatingIfNeeded: count), width: 8))
    }
    if !random.isOne(in: 4) { align(middle.1, shift: bytes.count - before) }
  }

  /// Keeps the data where it would be aligned as before.
  private mutating func align(_ headerEnd: Int, shift: Int) {
    let end = headerEnd + shift
    guard shift != 0, end <= bytes.count else { return }
    let surplus = ((shift % 32) + 32) % 32
    let padding = bytes[end...].prefix { $0 == 0 }.count
    if surplus <= padding {
      bytes.removeSubrange(end..<end + surplus)
    } else {
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: 32 - surplus), at: end)
    }
  }
}
