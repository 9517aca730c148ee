import Foundation
import Testing
import WeftFormats
import WeftPipelines

@Suite struct EngineGoldenTests {
  /// The files of `Tests/Fixtures/engines`; `WEFT_RECORD=1` writes them anew, for a review of the difference.
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/engines")
  private static let isRecording = ProcessInfo.processInfo.environment["WEFT_RECORD"] != nil

  @Test(arguments: ["kubernetes", "parallel", "slurm", "snakemake"])
  func `the file of an engine is the one that was reviewed`(id: String) throws {
    let engine = try #require(engines[id])
    for (kind, submission) in [("small", Submission.small), ("awkward", .awkward)] {
      let text = try submission.text(for: engine)
      let file = Self.folder.appending(path: "\(id)-\(kind).txt")
      if Self.isRecording { try text.write(to: file, atomically: true, encoding: .utf8) }
      #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(id), \(kind)")
    }
  }

  @Test func `every engine is known by its name and made with its margins`() throws {
    #expect(engines.keys.sorted() == ["kubernetes", "parallel", "slurm", "snakemake"])
    for engine in engines.values {
      #expect(engine.timeMargin.applied(to: 100) > 100)
      #expect(engine.memoryMargin.applied(to: 1e9) > 1e9)
    }
  }

  @Test func `Slurm takes one index fewer than its MaxArraySize`() throws {
    // MaxArraySize is 1001 unless it is configured.
    #expect(try #require(engines["slurm"]).sliceLimit == 1000)
  }
}
