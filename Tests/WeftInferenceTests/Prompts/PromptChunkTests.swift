import Testing
import WeftFormats
import WeftInference

@Suite("Chunks of prompts")
struct PromptChunkTests {
  private func prompts(
    _ style: PromptStyle, _ words: [(name: String, count: Int)] = [], length: Int = 77
  ) throws -> PromptTokenizer {
    try PromptTokenizer(try clip.get(), style: style, length: length, words: words)
  }

  /// The tokens of each chunk that are the prompt's own.
  private func tokens(_ prompts: PromptTokenizer, _ text: String) throws -> [[Int]] {
    try prompts.chunks(of: text).chunks.map { Array($0.ids.dropFirst().prefix($0.tokenCount)) }
  }

  private func counts(_ prompts: PromptTokenizer, _ text: String) throws -> [Int] {
    try prompts.chunks(of: text).chunks.map(\.tokenCount)
  }

  private func words(_ count: Int) -> String {
    Array(repeating: "cat", count: count).joined(separator: " ")
  }

  @Test(arguments: PromptStyle.allCases)
  func `of nothing are the start, the end and its repetition`(style: PromptStyle) throws {
    let chunks = try prompts(style).chunks(of: "").chunks
    #expect(chunks.map(\.ids) == [[49406] + Array(repeating: 49407, count: 76)])
    #expect(chunks[0].weights == Array(repeating: 1, count: 77))
  }

  @Test func `have the weights of their pieces, which are read apart`() throws {
    let chunk = try prompts(.a1111).chunks(of: "(a)(b) (cat:0.5)").chunks[0]
    #expect(chunk.ids[1...3] == [3937, 2368, 49407])  // "ab" at one weight is one word
    #expect(chunk.weights[0...3] == [1, 1.1, 0.5, 1])
  }

  @Test(arguments: [
    (75, "", [75]), (76, "", [75, 1]), (0, ", ", [1]),
    // A comma among the last 20 tokens takes what is after it along.
    (60, ", ", [61, 20]), (54, ", ", [75, 6]), (55, ", ", [56, 25]),
  ])
  func `end after a comma that is near`(before: Int, comma: String, expected: [Int]) throws {
    let after = comma.isEmpty ? 0 : 81 - 1 - before
    let text = words(before) + comma + (before > 0 && after > 0 ? words(after) : "")
    #expect(try counts(prompts(.a1111), text) == expected)
  }

  @Test func `end at BREAK`() throws {
    #expect(try counts(prompts(.a1111), "a BREAK b c BREAK") == [1, 2])
    #expect(try counts(prompts(.a1111), "BREAK a") == [0, 1])
    #expect(try counts(prompts(.a1111), "(a BREAK b)") == [1, 1])
    #expect(try counts(prompts(.comfyui), "a BREAK b") == [3])
  }

  @Test func `are filled up as the encoder was trained, from the first end on`() throws {
    let library = try FormatLibrary.embedded()
    let rules = try library.textRules(try #require(library.architecture("sdxl")))
    #expect(rules.encoders.map(\.component) == ["text_encoder", "text_encoder_2"])
    for (style, kept) in [(PromptStyle.a1111, 0), (.plain, 2368), (.comfyui, 2368)] {
      let prompts = try prompts(style)
      let chunk = try prompts.chunks(of: "a <|endoftext|> cat").chunks[0]
      let ids = rules.encoders.map { prompts.ids(of: chunk, for: $0) }
      #expect(ids[0][1...4] == [320, 49407, 2368, 49407])
      #expect(ids[1][1...4] == [320, 49407, kept, kept == 0 ? 0 : 49407])
      #expect(ids[1][5...].allSatisfy { $0 == 0 })
    }
  }

  @Test func `never cut a learned word`() throws {
    let prompts = try prompts(.a1111, [("zebra style", 4), ("zebra", 2)])
    #expect(
      try tokens(prompts, "a zebra style, Zebra") == [
        [320, 49408, 49409, 49410, 49411, 267, 49412, 49413]
      ])
    #expect(try counts(prompts, words(73) + " zebra") == [75])
    #expect(try counts(prompts, words(74) + " zebra") == [74, 2])
    #expect(prompts.piece(of: 49411) == "zebra style#4" && prompts.piece(of: 49412) == "zebra#1")
  }

  @Test func `have the names of ComfyUI's embeddings`() throws {
    let prompts = try prompts(.comfyui, [("zebra", 2)])
    #expect(try tokens(prompts, "a embedding:zebra, zebra") == [[320, 49408, 49409, 267, 22548]])
    let weighted = try prompts.chunks(of: "(embedding:zebra:1.2)").chunks[0]
    #expect(weighted.weights[1...3] == [1.2, 1.2, 1])
    let unknown = try prompts.chunks(of: "embedding:horse, a")
    #expect(unknown.notes.count == 1 && unknown.notes[0].contains("'horse'"))
    #expect(unknown.chunks[0].tokenCount == 2)
  }

  @Test func `keep words whole in the style of ComfyUI, but for long ones`() throws {
    let prompts = try prompts(.comfyui)
    let word = "qzqzq"
    let length = try #require(try counts(prompts, word).first)
    #expect((2..<8).contains(length))
    #expect(try counts(prompts, words(76 - length) + " " + word) == [76 - length, length])
    let long = Array(repeating: "1", count: 100).joined()
    #expect(try counts(prompts, words(70) + " " + long) == [75, 75, 20])
  }

  @Test func `are one in the plain style, which says what is cut off`() throws {
    let prompts = try prompts(.plain, [("<cat-toy>", 2)])
    #expect(try tokens(prompts, "(a:2) BREAK").first?.count == 6)
    #expect(try tokens(prompts, "a<Cat-Toy>b") == [[320, 49408, 49409, 321]])
    let cut = try prompts.chunks(of: words(76) + " dog")
    #expect(cut.chunks.count == 1 && cut.chunks[0].tokenCount == 75)
    #expect(
      cut.notes == [
        "the prompt has 2 tokens more than the 75 that are taken; cut off: 'cat dog '"
      ])
  }

  @Test func `are not those of hundreds of prompts at once`() throws {
    let prompts = try prompts(.a1111)
    let text = Array(repeating: "A CAT", count: 257).joined(separator: " AND ")
    let error = try #require(throws: PromptError.self) {
      try prompts.plans(of: text, steps: 1)
    }
    #expect(error.what.contains("257"))
    #expect(try prompts.plans(of: String(text.dropLast(10)), steps: 1).count == 256)
    #expect(try self.prompts(.plain).plans(of: text, steps: 1).count == 1)
  }

  @Test func `hold prompts of ten thousand words`() throws {
    let text = Array(repeating: "beautiful (landscape:1.1), ", count: 10_000).joined()
    let made = try prompts(.a1111).chunks(of: text)
    #expect(made.chunks.reduce(0) { $0 + $1.tokenCount } == 30_000)
    #expect(made.chunks.count == 400)
  }

  @Test(
    arguments: [
      [("", 1)], [("a", 0)], [("a", 76)], [("a", 1), ("a", 2)],
    ] as [[(name: String, count: Int)]])
  func `have no words without letters, with too many vectors or twice`(
    words: [(name: String, count: Int)]
  ) {
    #expect(throws: PromptError.self) { try prompts(.a1111, words) }
  }

  @Test(arguments: [PromptStyle.a1111, .comfyui])
  func `have no weights without end`(style: PromptStyle) {
    let number = "1" + String(repeating: "0", count: 60)
    #expect(throws: PromptError.self) { try prompts(style).chunks(of: "(a:\(number))") }
  }
}
