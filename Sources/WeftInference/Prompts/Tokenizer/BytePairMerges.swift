package import WeftFormats

/// The merges of a byte-level tokenizer as numbers: which two tokens become which one.
///
/// Ids are the 256 bytes in the order of `BytePairVocabulary.alphabet`, the same at the end of a word, the merges in their
/// order, then the start and the end of a text.
/// Source: https://github.com/openai/CLIP/blob/d05afc436d78f1c48dc0dbf8e5980a9d471f35f6/clip/simple_tokenizer.py
package struct BytePairMerges: Sendable {
  /// The ids of bytes inside a word.
  let byteIDs: [Int32]
  /// How far the id of a byte at the end of a word is from that of one inside.
  static let endOffset: Int32 = 256
  /// The id of the first merge.
  static let firstMerge: Int32 = 512
  private var halves: [(left: Int32, right: Int32)] = []
  private var pairs: TokenTable

  /// The number of tokens that bytes become.
  package var count: Int { Int(Self.firstMerge) + halves.count }

  /// Reads the lines of `merges.txt` without making a string of any of them.
  ///
  /// - Throws: for a line that does not join two earlier tokens to a new one.
  package init(_ source: VocabularySource) throws(FormatError) {
    let text = source.merges
    let lineCount = text.count / 4
    var byteIDs = [Int32](repeating: 0, count: 256)
    // Tokens are told by a hash of 64 bits; two with the same one would be refused as a double.
    var tokens = TokenTable(capacity: lineCount + Int(Self.firstMerge))
    for (id, (byte, character)) in BytePairVocabulary.alphabet.enumerated() {
      byteIDs[Int(byte)] = Int32(id)
      var hash = SpellingHash()
      for unit in String(character).utf8 { hash.add(unit) }
      _ = tokens.insert(hash.value, Int32(id))
      for unit in BytePairVocabulary.wordEnd.utf8 { hash.add(unit) }
      _ = tokens.insert(hash.value, Int32(id) + Self.endOffset)
    }
    self.byteIDs = byteIDs
    pairs = TokenTable(capacity: lineCount)
    try read(text, file: source.file, &tokens)
  }

  private mutating func read(
    _ text: [UInt8], file: String, _ tokens: inout TokenTable
  ) throws(FormatError) {
    var (place, number) = (0, 0)
    if text.starts(with: "#version".utf8) { place = Self.endOfLine(in: text, from: 0) + 1 }
    while place < text.count {
      number += 1
      var (left, joined, right) = (SpellingHash(), SpellingHash(), SpellingHash())
      var isRight = false
      while place < text.count, text[place] != UInt8(ascii: "\n") {
        let byte = text[place]
        place += 1
        if byte == UInt8(ascii: " "), !isRight {
          (isRight, left) = (true, joined)
          continue
        }
        joined.add(byte)
        if isRight { right.add(byte) }
      }
      place += 1
      let half = (left: tokens[left.value], right: tokens[right.value])
      let id = Int32(count)
      guard isRight, half.left >= 0, half.right >= 0, tokens.insert(joined.value, id),
        pairs.insert(Self.key(half.left, half.right), id)
      else {
        throw .malformed(
          file: file, what: "the merge \(number) does not make a new token of two earlier ones")
      }
      halves.append(half)
    }
  }

  private static func endOfLine(in text: [UInt8], from place: Int) -> Int {
    text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}

extension BytePairMerges {
  /// What two tokens become, or `TokenTable.none`; the lower the id, the earlier it is merged.
  func merged(_ left: Int32, _ right: Int32) -> Int32 { pairs[Self.key(left, right)] }

  /// The bytes that a token stands for, and whether a word ends with it; nil for the start and end of a text.
  package func spelling(of id: Int) -> (bytes: [UInt8], endsWord: Bool)? {
    guard id >= 0, id < count else { return nil }
    var (bytes, endsWord) = ([UInt8](), false)
    var pending = [Int32(id)]
    while let id = pending.popLast() {
      if id >= Self.firstMerge {
        let half = halves[Int(id - Self.firstMerge)]
        pending += [half.right, half.left]
      } else {
        endsWord = id >= Self.endOffset
        bytes.append(
          BytePairVocabulary.alphabet[Int(endsWord ? id - Self.endOffset : id)].byte)
      }
    }
    return (bytes, endsWord)
  }
}

/// The FNV-1a hash of a token's spelling, byte after byte.
///
/// Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv-17
private struct SpellingHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
