import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("A worker on outputs that somebody else touched, or that a killed worker left")
struct TaskRecoveryTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in ["m", "n"] { try folder.writeModel("models/\(name).safetensors") }
    try folder.writePipeline(TaskWorkerTests.steps)
  }

  @Test("refuses to replace an edited output, however often, unless it is forced to")
  func editedOutput() throws {
    _ = try folder.run()
    let made = try folder.bytes("out/m-a.safetensors")
    try folder.write("edited", to: "out/m-a.safetensors")
    for _ in 0..<3 {
      let outcomes = try folder.run()
      #expect(outcomes.map(\.status) == [.cannotCreate, .success])
      #expect(outcomes[0].message?.contains("m-a.safetensors") == true)
      #expect(try folder.text("out/m-a.safetensors") == "edited")
    }
    let status = try folder.status()
    #expect(status.stages == [.failed, .done])
    #expect(status.failures.map(\.status) == [.cannotCreate])
    #expect(try folder.run(force: true).map(\.status) == [.success, .success])
    #expect(try folder.bytes("out/m-a.safetensors") == made)
    #expect(try folder.run().map(\.madeCount) == [0, 0])
  }

  @Test("refuses to replace what somebody else put there, and makes the rest")
  func foreignOutput() throws {
    try folder.write("somebody's", to: "out/m-a.safetensors")
    try folder.write("somebody's", to: "out/n.json")
    for _ in 0..<3 {
      #expect(try folder.run().map(\.status) == [.cannotCreate, .cannotCreate])
      #expect(try folder.text("out/m-a.safetensors") == "somebody's")
      #expect(try folder.text("out/n.json") == "somebody's")
    }
    #expect(folder.exists("out/m-b.safetensors"))
    #expect(folder.exists("out/n-a.safetensors"))
    try folder.remove("out/m-a.safetensors")
    try folder.remove("out/n.json")
    #expect(try folder.run().map(\.status) == [.success, .success])
  }

  @Test("leaves somebody's file alone after a crash, too")
  func foreignAfterCrash() throws {
    try folder.write("somebody's", to: "out/m-b.safetensors")
    _ = try folder.run()
    // What a killed worker had written down before its end.
    let records = try folder.records().filter { $0.event != .end }
    for name in Paths.names(in: folder["out/.weft/journal"]) {
      try folder.remove("out/.weft/journal/\(name)")
    }
    try folder.write(records.map { $0.line + "\n" }.joined(), to: "out/.weft/journal/dead.jsonl")
    #expect(try folder.run()[0].status == .cannotCreate)
    #expect(try folder.text("out/m-b.safetensors") == "somebody's")
  }

  @Test("goes on where a worker was killed")
  func crash() throws {
    let outcomes = try folder.run()
    try #require(outcomes.map(\.status) == [.success, .success])
    let made = try folder.bytes("out/m-a.safetensors")
    var record = try #require(try folder.records().first { $0.event == .begin })
    record.attempt += 1
    let journal = try #require(Paths.names(in: folder["out/.weft/journal"]).first)
    let text = try folder.text("out/.weft/journal/\(journal)")
    try folder.write(text + record.line + "\n{\"task\":\"0", to: "out/.weft/journal/\(journal)")
    // It had just put another file there.
    try folder.write("of the killed worker", to: "out/m-a.safetensors")
    #expect(try folder.status().stages == [.interrupted, .done])
    #expect(try folder.run().map(\.status) == [.success, .success])
    #expect(try folder.bytes("out/m-a.safetensors") == made)
    #expect(try folder.status().stages == [.done, .done])
  }

  @Test("ends what a killed worker had begun when nothing is missing")
  func crashBeforeTheEnd() throws {
    _ = try folder.run()
    var record = try #require(try folder.records().first { $0.event == .begin })
    record.attempt += 1
    try folder.write(record.line + "\n", to: "out/.weft/journal/other.jsonl")
    #expect(try folder.status().stages == [.interrupted, .done])
    #expect(try folder.run().map(\.madeCount) == [0, 0])
    #expect(try folder.status().stages == [.done, .done])
  }
}
