import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("A worker on the tasks of a pipeline")
struct TaskWorkerTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in ["m", "n"] { try folder.writeModel("models/\(name).safetensors") }
    try folder.writePipeline(Self.steps)
  }

  static let steps = """
    a: {convert: input, dtype: f16, save: "${name}-a.safetensors"}
    b: {convert: input, dtype: bf16, save: "${name}-b.safetensors"}
    proof: {verify: a}
    sheet: {report: input, json: "${name}.json", html: "${name}.html"}
    """
  /// Two outputs, a proof and two reports.
  static let productCount = 5

  /// What is in the folder of the outputs, with when it was written.
  private func outputs() -> [String: FileStamp?] {
    let names = Paths.names(in: folder["out"]).filter { $0 != ".weft" }
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, FileStamp(path: folder["out/\($0)"])) })
  }

  @Test("makes every product, and a second run makes none")
  func secondRun() throws {
    let first = try folder.run()
    #expect(first.map(\.status) == [.success, .success], "\(first)")
    #expect(first.map(\.madeCount) == [Self.productCount, Self.productCount])
    #expect(first.map(\.keptCount) == [0, 0])
    let outputs = outputs()
    #expect(
      outputs.keys.sorted()
        == ["m-a", "m-b", "m", "n-a", "n-b", "n"].flatMap {
          $0.count == 1 ? ["\($0).html", "\($0).json"] : ["\($0).safetensors"]
        }.sorted())
    let second = try folder.run()
    #expect(second.map(\.status) == [.success, .success])
    #expect(second.map(\.madeCount) == [0, 0])
    #expect(second.map(\.keptCount) == [Self.productCount, Self.productCount])
    #expect(self.outputs() == outputs)
  }

  @Test("writes nothing down when a model's stamp is known and nothing is missing")
  func quietSecondRun() throws {
    Thread.sleep(forTimeInterval: 2.1)
    _ = try folder.run()
    let records = try folder.records()
    _ = try folder.run()
    #expect(try folder.records() == records)
    let ends = records.filter { $0.event == .end }
    #expect(ends.count == 2)
    #expect(
      ends.allSatisfy { $0.stamp != nil && $0.content != nil && $0.peakMemoryByteCount != nil })
  }

  @Test(
    "makes only what a changed text changes",
    arguments: [
      ("dtype: bf16", "dtype: f16", 1 + 2), ("dtype: f16", "dtype: f32", 2 + 2),
      ("verify: a", "verify: a, level: structure", 1 + 2), ("${name}-b", "${name}-c", 1 + 2),
      ("html: \"${name}.html\"", "html: \"${name}-x.html\"", 2), ("b: {", "x: {", 0),
    ])
  func changedStep(from: String, to: String, count: Int) throws {
    _ = try folder.run()
    try folder.writePipeline(Self.steps.replacingOccurrences(of: from, with: to))
    let outcomes = try folder.run()
    #expect(outcomes.map(\.status) == [.success, .success], "\(outcomes)")
    #expect(outcomes.map(\.madeCount) == [count, count])
    #expect(try folder.status().count(.done) == 2)
    #expect(try folder.run().map(\.madeCount) == [0, 0])
  }

  @Test("keeps what was made of a model that was written again with the same bytes")
  func touched() throws {
    _ = try folder.run()
    let bytes = try folder.bytes("models/m.safetensors")
    try folder.remove("models/m.safetensors")
    try folder.write(bytes, to: "models/m.safetensors")
    #expect(try folder.run().map(\.madeCount) == [0, 0])
  }

  @Test("makes everything of a changed model again")
  func changedModel() throws {
    _ = try folder.run()
    let before = try folder.bytes("out/m-a.safetensors")
    try folder.writeModel("models/m.safetensors", seed: "other")
    let outcomes = try folder.run()
    #expect(outcomes.map(\.madeCount) == [Self.productCount, 0], "\(outcomes)")
    #expect(try folder.bytes("out/m-a.safetensors") != before)
  }

  @Test("makes a removed output again, proves it and reports it")
  func removedOutput() throws {
    _ = try folder.run()
    let before = try folder.bytes("out/m-a.safetensors")
    try folder.remove("out/m-a.safetensors")
    #expect(try folder.run().map(\.madeCount) == [4, 0])
    #expect(try folder.bytes("out/m-a.safetensors") == before)
    try folder.remove("out/m-b.safetensors")
    #expect(try folder.run().map(\.madeCount) == [3, 0])
  }

  @Test("writes both files of a report when one is gone", arguments: ["json", "html"])
  func removedReport(ending: String) throws {
    _ = try folder.run()
    let before = try folder.bytes("out/m.\(ending)")
    try folder.remove("out/m.\(ending)")
    let outcomes = try folder.run()
    #expect(outcomes.map(\.status) == [.success, .success])
    #expect(try folder.bytes("out/m.\(ending)") == before)
    let after = try folder.run()
    #expect(after.map(\.status) == [.success, .success], "\(after)")
    #expect(after.map(\.madeCount) == [0, 0])
  }

  @Test("leaves a task that another has")
  func held() throws {
    let made = try folder.made()
    var worker = try folder.worker(of: made)
    let state = StateFolder(made.manifest.place.state, syncs: false)
    let claim = try #require(try state.claim(made.tasks[0].id))
    let first = try worker.perform(made.tasks[0]) { _ in }
    let second = try worker.perform(made.tasks[1]) { _ in }
    #expect(first == nil)
    #expect(second?.status == .success)
    withExtendedLifetime(claim) {}
    #expect(!folder.exists("out/m-a.safetensors"))
    #expect(try folder.records().allSatisfy { $0.task == made.tasks[1].id })
  }

  @Test("fails with a damaged model alone")
  func damaged() throws {
    try folder.write("no model", to: "models/m.safetensors")
    for attempt in 1...2 {
      let outcomes = try folder.run()
      #expect(outcomes.map(\.status) == [.badData, .success])
      let end = try #require(
        try folder.records().last { $0.status != .success && $0.event == .end })
      #expect(end.status == .badData)
      #expect(end.attempt == attempt)
      #expect(end.message?.contains("m.safetensors") == true)
    }
    #expect(try folder.status().stages == [.failed, .done])
    try folder.writeModel("models/m.safetensors")
    #expect(try folder.run().map(\.status) == [.success, .success])
    #expect(try folder.status().stages == [.done, .done])
  }

  @Test("fails with a missing model alone")
  func missing() throws {
    try folder.write("models/none.safetensors\nmodels/n.safetensors\n", to: "list")
    try folder.writePipeline(Self.steps, inputs: "[{list: list}]")
    #expect(try folder.run().map(\.status) == [.noInput, .success])
    #expect(try folder.status().stages == [.failed, .done])
  }

  @Test("makes nothing of a model that is not safe to load")
  func unsafe() throws {
    // Pickles that call os.system: what torch.load would run.
    let pickle: [UInt8] =
      [0x80, 2] + Array("cposix\nsystem\nX\u{2}\0\0\0id".utf8) + [0x85, 0x52, 0x2E]
    try folder.write(pickle, to: "models/m.ckpt")
    try folder.remove("models/m.safetensors")
    try folder.writePipeline("safe: {scan: input}\n" + Self.steps)
    let outcomes = try folder.run()
    #expect(outcomes.map(\.status) == [.answerIsNo, .success], "\(outcomes)")
    #expect(outcomes[0].message?.contains("not safe to load") == true)
    #expect(outputs().keys.allSatisfy { $0.hasPrefix("n") })
    #expect(try folder.run().map(\.madeCount) == [0, 0])
  }

  @Test("does not care what clocks say", arguments: [0, 4.1e9])
  func clocks(seconds: Double) throws {
    try folder.setTime(seconds, of: "models/m.safetensors")
    #expect(try folder.run().map(\.status) == [.success, .success])
    #expect(try folder.run().map(\.madeCount) == [0, 0])
    #expect(try folder.status().stages == [.done, .done])
    // Whoever sets the time of an output has had it in hand.
    try folder.setTime(seconds, of: "out/m-a.safetensors")
    #expect(try folder.run().map(\.status) == [.cannotCreate, .success])
  }

  @Test("keeps to the pipeline of before where a step is gone")
  func removedStep() throws {
    _ = try folder.run()
    try folder.writePipeline(Self.steps.split(separator: "\n").dropLast().joined(separator: "\n"))
    #expect(try folder.run().map(\.madeCount) == [0, 0])
    #expect(try folder.status().stages == [.done, .done])
    try folder.remove("out/m.json")
    #expect(try folder.status().stages == [.done, .done])
  }

  @Test("reads, proves and makes again a model in several files")
  func shards() throws {
    try folder.writePipeline(
      "a: {convert: input, max_shard_size: 10kB, save: '${name}.safetensors'}\nproof: {verify: a}")
    let first = try folder.run()
    #expect(first.map(\.status) == [.success, .success], "\(first)")
    #expect(folder.exists("out/m.safetensors.index.json"))
    #expect(try folder.run().map(\.madeCount) == [0, 0])
    let shards = ["out/m-00001-of-00002.safetensors", "out/m-00002-of-00002.safetensors"]
    let bytes = try shards.map(folder.bytes)
    try folder.remove(shards[0])
    #expect(try folder.status().stages == [.waiting, .done])
    // What is left is not what was made there.
    #expect(try folder.run().map(\.status) == [.cannotCreate, .success])
    #expect(try folder.run(force: true).map(\.madeCount) == [2, 0])
    for name in shards + ["out/m.safetensors.index.json"] { try folder.remove(name) }
    #expect(try folder.run().map(\.madeCount) == [2, 0])
    #expect(try shards.map(folder.bytes) == bytes)
  }

  @Test("makes the same bytes with any number of threads and workers")
  func threads() throws {
    _ = try folder.run()
    let one = try ["m-a.safetensors", "m-b.safetensors", "m.json", "m.html"].map {
      try folder.bytes("out/\($0)")
    }
    try folder.remove("out")
    let made = try folder.made()
    var options = WorkerOptions()
    options.threads = 3
    options.syncs = false
    var worker = try TaskWorker(made.manifest, library: folder.library, options: options)
    for task in made.tasks.reversed() { _ = try worker.perform(task) { _ in } }
    let other = try ["m-a.safetensors", "m-b.safetensors", "m.json", "m.html"].map {
      try folder.bytes("out/\($0)")
    }
    #expect(one == other)
  }
}
