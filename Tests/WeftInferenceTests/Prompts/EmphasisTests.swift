import Foundation
import Testing
import WeftInference

@Suite("Emphasis")
struct EmphasisTests {
  private typealias Piece = PromptPiece

  @Test(
    arguments: [
      ("normal text", [.text("normal text", weight: 1)]),
      ("", [.text("", weight: 1)]),
      ("(unbalanced", [.text("unbalanced", weight: 1.1)]),
      (#"\(literal\]"#, [.text("(literal]", weight: 1)]),
      (#"a\b \\ \"#, [.text(#"ab \ "#, weight: 1)]),
      ("(unnecessary)(parens)", [.text("unnecessaryparens", weight: 1.1)]),
      (
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
        [
          .text("a ", weight: 1), .text("house", weight: 1.5730000000000004),
          .text(" ", weight: 1.1), .text("on", weight: 1), .text(" a ", weight: 1.1),
          .text("hill", weight: 0.55), .text(", sun, ", weight: 1.1),
          .text("sky", weight: 1.4641000000000006), .text(".", weight: 1.1),
        ]
      ),
      ("((a:1.3))", [.text("a", weight: 1.3 * 1.1)]),
      ("(a: -.5 )", [.text("a", weight: -0.5)]),
      ("[a]", [.text("a", weight: 1 / 1.1)]),
      ("(a:1.2.3)", [.text("a:1.2.3", weight: 1.1)]),
      ("a:1.3) ]", [.text("a:1.3) ]", weight: 1)]),
      (
        "a BREAK b",
        [.text("a", weight: 1), .chunkEnd, .text("b", weight: 1)]
      ),
      ("BREAKS, _BREAK", [.text("BREAKS, _BREAK", weight: 1)]),
      (
        "BREAK BREAK",
        [
          .text("", weight: 1), .chunkEnd, .text("", weight: 1), .chunkEnd, .text("", weight: 1),
        ]
      ),
      (
        "(a BREAK b:2)",
        [.text("a", weight: 2), .chunkEnd, .text("b", weight: 2)]
      ),
    ] as [(String, [PromptPiece])])
  func `multiplies in the style of the web UI`(prompt: String, pieces: [PromptPiece]) throws {
    #expect(try A1111Emphasis.pieces(of: prompt) == pieces)
  }

  @Test(
    arguments: [
      ("a (b) c", [.text("a ", weight: 1), .text("b", weight: 1.1), .text(" c", weight: 1)]),
      ("((a:1.3))", [.text("a", weight: 1.3)]),
      ("(a (b:1.5):0.5)", [.text("a ", weight: 0.5), .text("b", weight: 1.5)]),
      ("((a))", [.text("a", weight: 1.1 * 1.1)]),
      (#"\(a\) [b]"#, [.text("(a) [b]", weight: 1)]),
      ("(:1.3)", [.text(":1.3", weight: 1.1)]),
      ("(a:b)", [.text("a:b", weight: 1.1)]),
      ("(a: 1.2 )", [.text("a", weight: 1.2)]),
      ("(a:inf)", [.text("a:inf", weight: 1.1)]),
      ("a) (b:1.2)", [.text("a) (b:1.2)", weight: 1)]),
      ("a (b", [.text("a ", weight: 1), .text("(b", weight: 1)]),
      ("", []),
    ] as [(String, [PromptPiece])])
  func `replaces in the style of ComfyUI`(prompt: String, pieces: [PromptPiece]) throws {
    #expect(try ComfyEmphasis.pieces(of: prompt) == pieces)
  }

  @Test func `refuses brackets that are open without end`() throws {
    let open = String(repeating: "(a ", count: 100_000)
    for prompt in [open, open.replacingOccurrences(of: "(", with: "[")] {
      #expect(throws: PromptError.self) { try A1111Emphasis.pieces(of: prompt) }
    }
    let nested = String(repeating: "(", count: 300) + "a" + String(repeating: ")", count: 300)
    #expect(throws: PromptError.self) { try ComfyEmphasis.pieces(of: nested) }
    let few = String(repeating: "(", count: 256) + "a"
    #expect(try A1111Emphasis.pieces(of: few).count == 1)
  }

  @Test func `keeps the mean of weighted states`() {
    let states: [[Float]] = [[1, 2, 3, 4], [5, 6, 7, 8]]
    let found = EmphasisArithmetic.keepMean(states, weights: [[1, 2], [1, 1]])
    // The sum is 36 before and 43 after.
    let expected: [[Double]] = [[1, 2, 6, 8], [5, 6, 7, 8]].map { $0.map { $0 * 36 / 43 } }
    for (found, expected) in zip(found.joined(), expected.joined()) {
      #expect(abs(Double(found) - expected) < 1e-6)
    }
    #expect(EmphasisArithmetic.keepMean(states, weights: [[1, 1], [1, 1]]) == states)
    // Weights that leave no mean.
    #expect(EmphasisArithmetic.keepMean([[1, 1]], weights: [[1, -1]]) == [[1, -1]])
  }

  @Test func `moves weighted states away from the empty prompt`() {
    let found = EmphasisArithmetic.moveAway(
      [1, 2, 3, 4], from: [1, 1, 1, 1], weights: [1, 1.5])
    #expect(found == [1, 2, 4, 5.5])
  }
}
