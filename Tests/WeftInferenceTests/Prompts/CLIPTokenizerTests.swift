import Foundation
import Testing
import WeftFormats
import WeftInference
import WeftTensors

@Suite("CLIP's tokenizer")
struct CLIPTokenizerTests {
  private let tokenizer: CLIPTokenizer

  init() throws { tokenizer = try clip.get() }

  /// A text with the ids that Hugging Face's tokenizer gives.
  private struct Case {
    let text: String
    let ids: [Int]
    let padded: [Int]

    static func all() throws -> [Case] {
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let bytes = try Data(contentsOf: tests.appending(path: "Fixtures/tokenizer_cases.json"))
      return try #require(try JSONValue(parsing: Array(bytes))["cases"]?.elements).map {
        Case(
          text: try #require($0["text"]?.text),
          ids: try #require($0["hf"]?.elements).compactMap(\.integer),
          padded: try #require($0["hf77"]?.elements).compactMap(\.integer))
      }
    }
  }

  @Test func `gives the ids of Hugging Face for all its cases`() throws {
    let cases = try Case.all()
    #expect(cases.count == 234)
    for example in cases {
      #expect(tokenizer(example.text) == example.ids, "\(example.text.debugDescription)")
      #expect(
        tokenizer.padded(example.text, to: 77, with: 49407) == example.padded,
        "\(example.text.debugDescription)")
    }
  }

  @Test func `spells every token as the vocabulary does`() throws {
    let vocabulary = try FormatLibrary.embedded().vocabulary("clip")
    let letters = Dictionary(
      uniqueKeysWithValues: BytePairVocabulary.alphabet.map { ($0.byte, $0.character) })
    #expect(tokenizer.vocabularySize == vocabulary.tokens.count)
    for (id, token) in vocabulary.tokens.dropLast(2).enumerated() {
      let (bytes, endsWord) = try #require(tokenizer.merges.spelling(of: id))
      let text = bytes.compactMap { letters[$0].map(String.init) }.joined()
      #expect(text + (endsWord ? BytePairVocabulary.wordEnd : "") == token)
    }
    #expect(tokenizer.merges.spelling(of: tokenizer.start) == nil)
    #expect(tokenizer.merges.spelling(of: -1) == nil)
  }

  @Test(arguments: [
    (320, "a"), (49406, "<|startoftext|>"), (49407, "<|endoftext|>"), (0, "!"), (187, "\\xff"),
  ])
  func `shows what a token stands for`(id: Int, text: String) {
    #expect(tokenizer.text(of: id) == text)
  }

  @Test(arguments: [
    // A special token that is not written exactly is three words.
    ("<|EndOfText|>", "<| endoftext |>"), ("x<|STARTOFTEXT|>!!", "x<| startoftext |> !!"),
    // Composed characters, all spaces, small letters.
    ("e\u{301}", "é"), ("A\u{3000}\u{85}B", "a b"), ("ΣΑΣ", "σασ"), ("İ", "i\u{307}"),
    // A letter of Unicode 17 is a sign, whatever this program was built with.
    ("a\u{11DB0}b", "a \u{11DB0} b"),
  ])
  func `takes one text as another`(text: String, other: String) {
    #expect(tokenizer(text) == tokenizer(other))
  }

  @Test func `reads words and signs without end`() {
    for unit in ["a", "abcdefgh", "!", "\u{301}", "7", "<"] {
      let text = String(repeating: unit, count: 400_000 / unit.utf8.count)
      let joined = tokenizer(text).reduce(0) {
        $0 + (tokenizer.merges.spelling(of: $1)?.bytes.count ?? 0)
      }
      #expect(joined == text.utf8.count)
    }
  }

  @Test(arguments: ["", "i n t", "i", "i xx", "i n"])
  func `refuses merges that make no new token of two earlier ones`(line: String) throws {
    let text = "#version: 0.2\ni n\n\(line)\n"
    let library = try FormatLibrary(overlay: [("tokenizers/clip-merges.txt", Array(text.utf8))])
    let error = try #require(throws: FormatError.self) { try CLIPTokenizer(library) }
    #expect(error.description.contains("the merge 2"))
  }
}
