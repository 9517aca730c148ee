import Testing
import WeftFuzz

@Suite("Damaged files")
struct SmokeTests {
  /// A second or two of work for each format; `scripts/fuzz` goes on for longer.
  static let executionCount = 10_000

  @Test(
    "readers give typed errors, the same each time, soon and in little memory",
    arguments: FuzzTargets.all.map(\.name))
  func smoke(name: String) throws {
    let target = try #require(FuzzTargets.named(name))
    let loop = try MutationLoop(target, seed: 1, input: ScratchInput())
    loop.run(executionCount: Self.executionCount)
    for (what, bytes) in loop.report.findings { Issue.record("\(what): \(bytes)") }
    #expect(loop.report.executionCount == Self.executionCount)
    // A run in which nothing, or everything, is refused tests nothing.
    #expect(loop.report.acceptedCount > Self.executionCount / 100)
    #expect(loop.report.acceptedCount < Self.executionCount / 2)
    #expect(loop.report.signatureCount > 20)
  }
}
