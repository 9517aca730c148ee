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

  private var header: Pieces
  private var data: ArraySlice<UInt8>

  /// Takes a file apart, or gives nil when its length leads out of it.
  init?(_ bytes: [UInt8]) {
    let size = Numbers.littleEndian(bytes, at: 0, width: 8)
    guard bytes.count >= 8, size >= 0, size <= bytes.count - 8 else { return nil }
    data = bytes[(8 + size)...]
    let json = Array(bytes[8..<8 + size])
    var cuts = [0]
    while let last = cuts.last, last < json.count { cuts.append(Self.end(of: json, from: last)) }
    header = Pieces(json, cuts: cuts)
  }

  /// The file, with the length of its header or another.
  func bytes(isLengthRight: Bool) -> [UInt8] {
    let count = UInt64(isLengthRight ? header.bytes.count : header.bytes.count ^ 1)
    return Numbers.littleEndian(count, width: 8) + header.bytes + data
  }

  /// Where the token that starts at an offset ends.
  private static func end(of json: [UInt8], from start: Int) -> Int {
    var end = start + 1
    if json[start] == 0x22 {
      while end < json.count, json[end] != 0x22 { end += json[end] == 0x5C ? 2 : 1 }
      return min(end + 1, json.count)
    }
    if isWord(json[start]) { while end < json.count, isWord(json[end]) { end += 1 } }
    return end
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
    guard header.count > 0 else { return header = Pieces(Array("{}".utf8), cuts: [0, 1, 2]) }
    let index = random.below(header.count)
    switch random.below(9) {
    case 0...2: header.rearrange(&random)
    case 3: header.insert(word(&random), before: index)
    case 4:
      var token = Array(header[index])
      ByteMutation.mutate(&token, &random)
      header.replace(index, with: token)
    case 5: data.append(contentsOf: [UInt8](repeating: 1, count: random.below(9)))
    case 6: header.replace(index, with: word(&random))
    default: changeNumber(fitsData: random.isOne(in: 3), &random)
    }
  }

  private func word(_ random: inout FuzzRandom) -> [UInt8] {
    if random.isOne(in: 32) { return [UInt8](repeating: 0x5B, count: random.below(100)) }
    return Array((random.element(of: Self.words) ?? "").utf8)
  }

  /// Puts another number in the place of one; the data may grow or shrink with it.
  private mutating func changeNumber(fitsData: Bool, _ random: inout FuzzRandom) {
    let places = (0..<header.count).filter { 0x30...0x39 ~= header[$0].first ?? 0 }
    guard let place = random.element(of: places) else { return }
    let text = String(decoding: header[place], as: UTF8.self)
    let value = UInt64(text) ?? 0
    let other = Numbers.other(than: value, fileByteCount: data.count, &random)
    let limit = random.element(of: Self.numbers) ?? "0"
    header.replace(place, with: Array((random.isOne(in: 2) ? limit : String(other)).utf8))
    if fitsData, other <= 4096 {
      data = [UInt8](repeating: 2, count: Int(other))[...]
    }
  }
}
