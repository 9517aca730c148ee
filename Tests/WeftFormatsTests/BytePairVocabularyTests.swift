import Foundation
import Testing
import WeftFormats
import WeftTensors

@Suite("BytePairVocabulary")
struct BytePairVocabularyTests {
  @Test("the vocabulary of CLIP has its tokens at their ids")
  func clip() throws {
    let vocabulary = try library.get().vocabulary("clip")
    let tokens = vocabulary.tokens
    #expect(tokens.count == 49_408)
    #expect(Set(tokens.map { Array($0.utf8) }).count == tokens.count)
    #expect(vocabulary.merges.count == 48_894)
    for (id, token) in [
      (0, "!"), (187, "ÿ"), (188, "Ā"), (255, "Ń"), (256, "!</w>"), (267, ",</w>"),
      (320, "a</w>"), (512, "in"), (49_405, "jekyll</w>"), (49_406, "<|startoftext|>"),
      (49_407, "<|endoftext|>"),
    ] {
      #expect(tokens[id] == token, "\(id)")
    }
  }

  @Test("every merge joins two earlier tokens")
  func merges() throws {
    let vocabulary = try library.get().vocabulary("clip")
    var known = Set(vocabulary.tokens.prefix(512))
    for merge in vocabulary.merges {
      #expect(known.contains(merge.left) && known.contains(merge.right), "\(merge)")
      known.insert(merge.left + merge.right)
    }
  }

  @Test("the files of the tokenizer are as long as the published ones")
  func published() throws {
    let architecture = try #require(try library.get().architecture("sd15"))
    let files = try library.get().folderFiles(
      architecture, components: ["text_encoder"], dimensions: [:], prediction: .epsilon)
    let sizes = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes.count) })
    #expect(sizes["tokenizer/merges.txt"] == 524_619)
    #expect(sizes["tokenizer/vocab.json"] == 1_059_962)
    let merges = try #require(files.first { $0.path == "tokenizer/merges.txt" }).bytes
    #expect(merges.starts(with: "#version: 0.2\ni n\nt h\n".utf8))
  }

  @Test("the alphabet has every byte once")
  func alphabet() {
    #expect(Set(BytePairVocabulary.alphabet.map(\.byte)).count == 256)
    #expect(Set(BytePairVocabulary.alphabet.map(\.character)).count == 256)
  }

  @Test("a line that is not two tokens is refused", arguments: ["a", "a b c", " b", "a "])
  func badLine(line: String) throws {
    let text = "#version: 0.2\ni n\n\(line)\n"
    let library = try FormatLibrary(
      overlay: [("tokenizers/clip-merges.txt", Array(text.utf8))])
    let error = #expect(throws: FormatError.self) { try library.vocabulary("clip") }
    #expect(try #require(error).description.contains("the line 3 is not two tokens"))
  }

  @Test("a text that no file names is refused")
  func strayText() {
    #expect(throws: FormatError.self) {
      try FormatLibrary(overlay: [("tokenizers/other.txt", Array("x".utf8))])
    }
  }
}
