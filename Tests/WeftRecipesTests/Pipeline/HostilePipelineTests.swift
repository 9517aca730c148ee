import Testing
import WeftRecipes
import WeftTensors

extension HostileText {
  private static let head = "version: 1\ninputs: [a.ckpt]\noutputs: out\n"
  private static let step = "steps: {a: {convert: input}}\n"

  private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }

  /// Variables each of which is twice the one before.
  static let doubling =
    head + "variables:\n v0: aaaaaaaa\n" + lines(40) { " v\($0 + 1): ${v\($0)}${v\($0)}" } + step

  static let pipelines = [
    HostileText("variables that grow", doubling, "become longer than 1048576 bytes"),
    HostileText(
      "one long variable in many texts",
      head + "variables: {a: \(String(repeating: "x", count: 100_000))}\nsteps:\n a:\n  convert:\n"
        + "  allow_unmatched:\n" + lines(50) { "   - ${a}\($0)" },
      "become longer than 1048576 bytes"),
    HostileText(
      "one long variable as many values",
      head + "variables: {a: \(String(repeating: "x", count: 100_000))}\nsteps:\n a:\n  convert:\n"
        + "  allow_unmatched:\n" + lines(50) { _ in "   - ${a}" },
      "become longer than 1048576 bytes"),
    HostileText(
      "variables", head + "variables:\n" + lines(501) { " v\($0): a" } + step,
      "there are 501 variables"),
    HostileText(
      "steps", head + "steps:\n" + lines(501) { " s\($0): {convert: input}" },
      "there are 501 steps"),
    HostileText(
      "overrides", head + step + "overrides:\n" + lines(1001) { _ in " - {match: a, skip: [a]}" },
      "there are 1001 overrides"),
    HostileText(
      "overrides of many steps",
      head + "variables: {v: x}\nsteps:\n" + lines(499) { " s\($0): {convert: input, vae: a}" }
        + "overrides:\n" + lines(999) { _ in " - {match: a, variables: {v: y}}" },
      "999 overrides of steps with 1497 values are too many together"),
    HostileText(
      "inputs", "version: 1\ninputs:\n" + lines(20_001) { "  - m\($0).ckpt" },
      "write long lists of inputs into a file, and give '{list: FILE}'"),
    HostileText("brackets", head + String(repeating: "[", count: 100_000), "nested too deeply"),
    HostileText(
      "depth", head + "steps:\n a:\n" + lines(100) { String(repeating: " ", count: $0 + 2) + "a:" },
      "give a pipeline; weft pipeline schema describes it"),
    HostileText(
      "a long text that is wrong",
      head + "steps: {a: {convert: input, dtype: '\(String(repeating: "é", count: 100_000))'}}\n",
      "'dtype' of the step 'a' is the text"),
    HostileText(
      "names", head + "steps: {\(String(repeating: "a", count: 900)): {scan: input}}\n",
      "is no name"),
  ]
}

@Suite("Hostile pipelines")
struct HostilePipelineTests {
  @Test(
    "a pipeline that would cost far more than its length is refused",
    arguments: HostileText.pipelines)
  func refuse(hostile: HostileText) throws {
    let error = try #require(try pipelineProblem(Array(hostile.text.utf8)))
    #expect(error.status == .badData)
    #expect(error.description.contains(hostile.message), "\(error.description.prefix(300))")
    #expect(!error.description.contains("\n"))
    #expect(error.description.utf8.count < 5000)
  }

  @Test("a chain of steps in the wrong order is brought into order")
  func chain() throws {
    let count = 500
    let text =
      "version: 1\ninputs: [a.ckpt]\noutputs: out\nsteps:\n"
      + (0..<count - 1).map { " s\($0): {convert: s\($0 + 1)}\n" }.joined()
      + " s\(count - 1): {convert: input}\n"
    let steps = try document(text).pipeline.steps
    #expect(steps.map(\.name) == (0..<count).reversed().map { "s\($0)" })
  }

  @Test("every cut of a pipeline reads or gives one error, and no cut traps")
  func cuts() throws {
    let bytes = Array(WholePipeline.text.utf8)
    for count in 0..<bytes.count {
      if let error = try pipelineProblem(Array(bytes[..<count])) {
        #expect(!error.description.contains("\n"))
      }
    }
  }

  @Test("a pipeline with a changed byte reads or gives one error, and none traps")
  func changes() throws {
    let bytes = Array(WholePipeline.text.utf8)
    for index in stride(from: 0, to: bytes.count, by: 11) {
      for byte in "\"'&*!|>{}[],:#%@`- \n\t\0$".utf8 {
        var changed = bytes
        changed[index] = byte
        if let error = try pipelineProblem(changed) { #expect(error.place != nil) }
      }
    }
  }
}
