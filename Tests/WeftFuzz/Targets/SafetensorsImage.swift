/// A safetensors file taken apart: the tokens of its header, and its data.
struct SafetensorsImage {
  private static let words: [String] = [
    "{", "}", "[", "]", ",", ":", "null", "true", "\"\"", "\"__metadata__\"", "\"dtype\"",
    "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"F4\"", "\"F6_E2M3\"", "\"U8\"", "\"BOOL\"",
    "\"\\u0061\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\u00e9\"", "\"e\\u0301\"", "\"\\",
    "\"other\":[{\"a\":[[1e5,null,true]]}],", "\"a\":", " ", "\n", "\u{FEFF}", "//",
  ]
  private static let numbers: [String] = [
    "0", "1", "2", "-1", "-0", "00", "0.0", "1.0", "1e0", "1E400", "9223372036854775807",
    "9223372036854775808", "18446744073709551615", "18446744073709551616", "4611686018427387904",
    "2305843009213693952", "4294967296", "65536", ".5", "1.", "+1", "0x1",
    "99999999999999999999999999999999999999999999",
  ]

  private(set) var tokens: [[UInt8]] = []
  private var data: [UInt8]

  /// Takes a file apart, or gives nil when its length leads out of it.
  init?(_ bytes: [UInt8]) {
    let size = Numbers.littleEndian(bytes, at: 0, width: 8)
    guard bytes.count >= 8, size >= 0, size <= bytes.count - 8 else { return nil }
    data = Array(bytes[(8 + size)...])
    var rest = bytes[8..<8 + size]
    while let token = Self.token(&rest) { tokens.append(token) }
  }

  /// The file, with the length of its header or another.
  func bytes(isLengthRight: Bool) -> [UInt8] {
    let json = tokens.flatMap(\.self)
    let count = UInt64(isLengthRight ? json.count : json.count ^ 1)
    return Numbers.littleEndian(count, width: 8) + json + data
  }

  private static func token(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard let first = rest.first else { return nil }
    var count = 1
    if first == 0x22 {
      let body = rest.dropFirst()
      var isEscaped = false
      let end = body.firstIndex { byte in
        defer { isEscaped = byte == 0x5C && !isEscaped }
        return byte == 0x22 && !isEscaped
      }
      count = end.map { $0 - rest.startIndex + 1 } ?? rest.count
    } else if isWord(first) {
      count = rest.prefix { isWord($0) }.count
    }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}

extension SafetensorsImage {
  /// Makes one change to the header, and perhaps one to the data that hides it.
  mutating func mutate(_ random: inout FuzzRandom) {
    guard !tokens.isEmpty else { return tokens = [Array("{}".utf8)] }
    let index = random.below(tokens.count)
    switch random.below(9) {
    case 0: tokens.removeSubrange(random.range(in: tokens.count, atMost: 20))
    case 1:
      tokens.insert(contentsOf: tokens[random.range(in: tokens.count, atMost: 20)], at: index)
    case 2: tokens.swapAt(index, random.below(tokens.count))
    case 3: tokens.insert(word(&random), at: index)
    case 4: ByteMutation.mutate(&tokens[index], &random)
    case 5: data.insert(contentsOf: [UInt8](repeating: 1, count: random.below(9)), at: 0)
    case 6: tokens[index] = word(&random)
    default: changeNumber(&random)
    }
    if random.isOne(in: 4) { fitData() }
  }

  private func word(_ random: inout FuzzRandom) -> [UInt8] {
    if random.isOne(in: 32) { return [UInt8](repeating: 0x5B, count: random.below(100)) }
    return Array((random.element(of: Self.words) ?? "").utf8)
  }

  private mutating func changeNumber(_ random: inout FuzzRandom) {
    let places = tokens.indices.filter { Self.number(tokens[$0]) != nil }
    guard let place = random.element(of: places), let value = Self.number(tokens[place]) else {
      return
    }
    let limit = random.element(of: Self.numbers) ?? "0"
    let other = Numbers.other(than: UInt64(value), fileByteCount: data.count, &random)
    tokens[place] = Array((random.isOne(in: 2) ? limit : String(other)).utf8)
  }

  private static func number(_ token: [UInt8]) -> Int? {
    guard let first = token.first, 0x30...0x39 ~= first else { return nil }
    return Int(String(decoding: token, as: UTF8.self))
  }

  /// Makes the data as long as the largest number that could be its end.
  private mutating func fitData() {
    let end = tokens.compactMap(Self.number).filter { $0 <= 4096 }.max() ?? 0
    data = (0..<end).map { UInt8(truncatingIfNeeded: $0) }
  }
}
