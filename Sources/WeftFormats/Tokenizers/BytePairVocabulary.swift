package import WeftTensors

/// The tokens of a byte-level tokenizer that is made of merges, as CLIP's is.
///
/// Source: https://github.com/openai/CLIP/blob/d05afc436d78f1c48dc0dbf8e5980a9d471f35f6/clip/simple_tokenizer.py
package struct BytePairVocabulary: Sendable {
  /// Two tokens that become one; an earlier merge is done first.
  package struct Merge: Sendable, Hashable {
    /// The first of the two.
    package let left: String
    /// The second of the two.
    package let right: String
  }

  /// The end of a token that ends a word.
  package static let wordEnd = "</w>"

  /// The merges, the first to be done first.
  package let merges: [Merge]
  /// The tokens by id: the bytes, the bytes at the end of a word, the merges, the start and the end of a text.
  package let tokens: [String]
  /// The text of `merges.txt`.
  package let mergesText: [UInt8]

  /// The tokens and their ids as `vocab.json` has them.
  package var json: JSONValue {
    .object(tokens.enumerated().map { JSONValue.Member($1, .integer($0)) })
  }

  /// The characters that stand for the 256 bytes, in the order of the ids.
  ///
  /// Printable bytes stand for themselves; the others come after them as U+0100 and on.
  package static let alphabet: [(byte: UInt8, character: Unicode.Scalar)] = {
    let printable = [33...126, 161...172, 174...255].flatMap { $0.map { UInt8($0) } }
    let others = (UInt8.min...UInt8.max).filter { !printable.contains($0) }
    let shifted = others.enumerated().compactMap { index, byte in
      Unicode.Scalar(UInt32(0x100 + index)).map { (byte, $0) }
    }
    return printable.map { ($0, Unicode.Scalar($0)) } + shifted
  }()
}

extension BytePairVocabulary {
  /// Reads the text of `merges.txt`: a line that starts with `#version`, then two tokens a line.
  init(merges text: [UInt8], start: String, end: String, file: String) throws(FormatError) {
    var merges: [Merge] = []
    for (number, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
      if number == 0, line.starts(with: "#version".utf8) { continue }
      let halves = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard halves.count == 2, let left = Self.token(halves[0]), let right = Self.token(halves[1])
      else { throw .malformed(file: file, what: "the line \(number + 1) is not two tokens") }
      merges.append(Merge(left: left, right: right))
    }
    let letters = Self.alphabet.map { String($0.character) }
    self.merges = merges
    tokens =
      letters + letters.map { $0 + Self.wordEnd } + merges.map { $0.left + $0.right }
      + [start, end]
    mergesText = text
  }

  private static func token(_ bytes: ArraySlice<UInt8>) -> String? {
    bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
  }
}
