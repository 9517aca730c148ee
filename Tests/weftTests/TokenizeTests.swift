import Foundation
import Testing

@Suite("weft tokenize")
struct TokenizeTests {
  private func tokenize(_ arguments: String..., status: Int32 = 0) throws -> Tool.Result {
    let result = try Tool.run(["tokenize"] + arguments)
    #expect(result.status == status, "\(arguments): \(result.errors)")
    if status != 0 { #expect(result.errorLines.count == 1 && result.output.isEmpty) }
    return result
  }

  /// The chunks of all texts, in order.
  private func chunks(_ result: Tool.Result) throws -> [[String: Any]] {
    let prompts = try #require(try result.json()["prompts"] as? [[String: Any]])
    return prompts.flatMap { $0["texts"] as? [[String: Any]] ?? [] }
      .flatMap { $0["chunks"] as? [[String: Any]] ?? [] }
  }

  @Test func `prints tokens with their text and weight`() throws {
    let result = try tokenize("a (cat:1.3) 😀")
    #expect(
      result.output == """
        3 tokens in 1 chunk
            320  a
           2368  cat  × 1.3
           7334  😀

        """)
    #expect(result.errors.isEmpty)
  }

  @Test func `gives programs the ids of every encoder`() throws {
    let chunk = try #require(
      try chunks(tokenize("a (cat:1.3)", "--model", "sdxl", "--json")).first)
    let tokens = try #require(chunk["tokens"] as? [[String: Any]])
    #expect(tokens.compactMap { $0["id"] as? Int } == [320, 2368])
    #expect(tokens.compactMap { $0["text"] as? String } == ["a", "cat"])
    #expect(tokens.compactMap { $0["weight"] as? Double } == [1, 1.3])
    let ids = try #require(chunk["ids"] as? [String: [Int]])
    let start = [49406, 320, 2368, 49407]
    #expect(ids["text_encoder"] == start + Array(repeating: 49407, count: 73))
    #expect(ids["text_encoder_2"] == start + Array(repeating: 0, count: 73))
  }

  @Test func `shows what changes with the steps, what is joined and what is asked for`() throws {
    let result = try tokenize("<lora:x:0.5> [a:b:0.5] AND c :2", "--steps", "8")
    let titles = result.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
    #expect(
      titles == [
        "adapter x: UNet 0.5, text encoders 0.5", "1 token in 1 chunk, up to step 4, weight 1.0",
        "1 token in 1 chunk, up to step 8, weight 1.0", "1 token in 1 chunk, weight 2.0",
      ])
    #expect(try tokenize("a BREAK b").output.contains("chunk 2: 1 of 75 tokens"))
  }

  @Test func `says what diffusers would cut off`() throws {
    let words = Array(repeating: "cat", count: 80).joined(separator: " ")
    let result = try tokenize(words, "--prompt-style", "plain")
    #expect(result.errors.contains("5 tokens more than the 75") && !result.output.isEmpty)
    #expect(try tokenize(words, "--prompt-style", "plain", "--quiet").errors.isEmpty)
  }

  @Test(
    arguments: [
      (["a", "--model", "sd51"], 64, "did you mean 'sd15'"),
      (["a", "--steps", "0"], 64, "--steps"),
      (["a", "--prompt-style", "b"], 64, "prompt-style"), ([], 64, "text"),
      (["<lora:../../x:1>"], 65, "<lora:../../x:1>"),
      ([String(repeating: "(", count: 300)], 65, "deep"),
    ] as [([String], Int32, String)])
  func `refuses what it cannot read`(arguments: [String], status: Int32, part: String) throws {
    let result = try Tool.run(["tokenize"] + arguments)
    #expect(result.status == status && result.output.isEmpty)
    #expect(result.errorLines.count == 1 && result.errors.contains(part), "\(result.errors)")
  }

  @Test(
    arguments: [
      (#"printf 'a cat' | "$0" tokenize -"#, 0, ""),
      (#"printf 'a\377' | "$0" tokenize -"#, 65, "(standard input)"),
      (#""$0" tokenize "$(printf 'a\377')""#, 65, "(the command line)"),
      (#""$0" tokenize "$(printf 'a\357\277\275')""#, 0, ""),
    ] as [(String, Int32, String)])
  func `takes text that is UTF-8 from anywhere`(
    script: String, status: Int32, part: String
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, Tool.url.path]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    process.waitUntilExit()
    let said = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationStatus == status && (part.isEmpty || said.contains(part)), "\(said)")
  }
}
