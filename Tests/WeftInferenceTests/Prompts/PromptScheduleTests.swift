import Testing
import WeftInference

@Suite("Prompts that change")
struct PromptScheduleTests {
  private func entries(_ prompt: String, steps: Int = 10) throws -> [String] {
    try PromptSchedule(prompt, steps: steps).entries.map { "\($0.end) \($0.text)" }
  }

  @Test(arguments: [
    ("test", ["10 test"]),
    ("a [b:3]", ["3 a ", "10 a b"]),
    ("a [b: 3 ]", ["3 a ", "10 a b"]),
    ("a [[[b]]:2]", ["2 a ", "10 a [[b]]"]),
    ("[(a:2):3]", ["3 ", "10 (a:2)"]),
    ("a [b : c : 1] d", ["1 a b  d", "10 a  c  d"]),
    ("a[b:[c:d:2]:1]e", ["1 abe", "2 ace", "10 ade"]),
    ("a [unbalanced", ["10 a [unbalanced"]),
    ("a [b:.5] c", ["5 a  c", "10 a b c"]),
    ("((a][:b:c [d:3]", ["3 ((a][:b:c ", "10 ((a][:b:c d"]),
    // With a dot it is a part of all steps, so 1.0 is the end.
    ("[a:b:1.0]", ["10 a"]), ("[a:b:1]", ["1 a", "10 b"]), ("[a:b:0]", ["10 b"]),
    ("[a:b:-3]", ["10 b"]), ("[a:b:99]", ["10 a"]), ("[a:b:1e999]", ["10 a"]),
    // Not of the grammar.
    ("[a:b:c]", ["10 [a:b:c]"]), ("[a:b:c:3]", ["10 [a:b:c:3]"]), ("a | [b:3]", ["10 a | [b:3]"]),
    ("(a|b)", ["10 (a|b)"]), (#"[a\:b:3]"#, [#"3 "#, #"10 a\:b"#]), (#"[a:3] \"#, [#"10 [a:3] \"#]),
  ])
  func `are read as the web UI reads them`(prompt: String, expected: [String]) throws {
    #expect(try entries(prompt) == expected)
  }

  @Test(arguments: [
    ("[a|(b:1.1)]", ["a", "(b:1.1)", "a", "(b:1.1)"]),
    ("[fe|]male", ["female", "male", "female", "male"]),
    ("[fe|||]male", ["female", "male", "male", "male"]),
    ("[a|b|c]", ["a", "b", "c", "a"]),
  ])
  func `alternate step by step`(prompt: String, texts: [String]) throws {
    #expect(try PromptSchedule(prompt, steps: 4).entries.map(\.text) == texts)
  }

  @Test func `are taken up to and with the step that is their number`() throws {
    let schedule = try PromptSchedule("[a:b:2]", steps: 4)
    #expect((0..<4).map(schedule.text) == ["a", "a", "a", "b"])
    #expect(try PromptSchedule("[a|b]", steps: 3).text(at: 0) == "a")
  }

  @Test func `are refused with brackets that are open without end`() {
    let prompt = String(repeating: "[", count: 100_000)
    #expect(throws: PromptError.self) { try PromptSchedule(prompt, steps: 4) }
  }

  @Test func `may be long`() throws {
    let prompt = String(repeating: "a [b:c:0.5] \\( d:e ) ", count: 20_000)
    let schedule = try PromptSchedule(prompt, steps: 20)
    #expect(schedule.entries.map(\.end) == [10, 20])
    #expect(schedule.text(at: 11).hasPrefix("a c \\( d:e ) a c"))
  }

  @Test(
    arguments: [
      ("a", [("a", 1)]),
      ("a cat :1.2 AND a dog", [("a cat", 1.2), (" a dog", 1)]),
      ("a:-.5AND b", [("a:-.5AND b", 1)]),
      ("a :-.5 AND b: 2.  ", [("a", -0.5), (" b", 2)]),
      ("a:1:2", [("a:1", 2)]), ("a:1e3", [("a:1e3", 1)]), ("a:b", [("a:b", 1)]),
      ("SAND AND_ ÉAND", [("SAND AND_ ÉAND", 1)]), ("AND", [("", 1), ("", 1)]),
      ("a :1.5", [("a", 1.5)]),
    ] as [(String, [(String, Double)])])
  func `are joined with AND`(prompt: String, expected: [(String, Double)]) {
    let parts = ComposedPrompt(prompt).parts
    #expect(parts.map(\.text) == expected.map(\.0))
    #expect(parts.map(\.weight) == expected.map(\.1))
  }
}
