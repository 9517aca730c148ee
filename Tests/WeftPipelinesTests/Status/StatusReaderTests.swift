import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("The status of tasks")
struct StatusReaderTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in ["a", "b", "c", "d"] { try folder.writeModel("models/\(name).safetensors") }
    try folder.writePipeline("x: {convert: input, dtype: f16, save: '${name}.safetensors'}")
  }

  private func add(
    _ event: TaskRecord.Event, _ attempt: Int, of name: String,
    status: WeftTensors.ExitStatus = .success,
    to journal: String = "other"
  ) throws {
    var record = TaskRecord(
      task: ManifestTask.id(of: "models/\(name).safetensors"), event: event, attempt: attempt)
    record.status = status
    record.message = status == .success ? nil : "\(name) failed"
    let path = "out/.weft/journal/\(journal).jsonl"
    let text = folder.exists(path) ? try folder.text(path) : ""
    try folder.write(text + record.line + "\n", to: path)
  }

  @Test("is that nobody has begun, before any run")
  func waiting() throws {
    #expect(try folder.status().stages == [.waiting, .waiting, .waiting, .waiting])
    #expect(!folder.exists("out"))
  }

  @Test("tells every stage")
  func stages() throws {
    try folder.write("no model", to: "models/b.safetensors")
    _ = try folder.run()
    try add(.begin, 2, of: "c")
    try add(.end, 2, of: "d", status: .temporary)
    let status = try folder.status()
    #expect(status.stages == [.done, .failed, .interrupted, .transient])
    #expect(status.failures.map(\.index) == [1, 3])
    #expect(status.failures.map(\.status) == [.badData, .temporary])
    #expect(status.failures[1].message == "d failed")
    #expect(status.failures[1].attempt == 2)
    let state = StateFolder(folder["out/.weft"], syncs: false)
    let claim = try #require(try state.claim(ManifestTask.id(of: "models/c.safetensors")))
    #expect(try folder.status().stages[2] == .running)
    withExtendedLifetime(claim) {}
    try folder.remove("out/a.safetensors")
    #expect(try folder.status().stages[0] == .waiting)
  }

  @Test("is that of the newest attempt, in whichever journal it is")
  func newest() throws {
    try add(.end, 2, of: "a", status: .temporary, to: "1")
    try add(.end, 1, of: "a", status: .badData, to: "2")
    try add(.end, 1, of: "b", status: .temporary, to: "1")
    try add(.end, 3, of: "b", status: .badData, to: "2")
    try add(.begin, 2, of: "b", to: "3")
    try folder.write(
      "nonsense\n{\"task\":\"0123456789abcdef\",\"event\":\"end\"", to: "out/.weft/journal/0.jsonl")
    let status = try folder.status()
    #expect(status.stages == [.transient, .failed, .waiting, .waiting])
    #expect(status.failures.map(\.attempt) == [2, 3])
  }

  @Test("is not done where the model, the steps or the names of outputs changed")
  func changes() throws {
    _ = try folder.run()
    #expect(try folder.status().count(.done) == 4)
    try folder.writePipeline("x: {convert: input, dtype: bf16, save: '${name}.safetensors'}")
    #expect(try folder.status().count(.waiting) == 4)
    try folder.writePipeline("x: {convert: input, dtype: f16, save: '${name}-x.safetensors'}")
    #expect(try folder.status().count(.waiting) == 4)
    try folder.writePipeline("x: {convert: input, dtype: f16, save: '${name}.safetensors'}")
    #expect(try folder.status().count(.done) == 4)
    try folder.remove("models/d.safetensors")
    try folder.write("models/a.safetensors\nmodels/d.safetensors\n", to: "list")
    try folder.writePipeline(
      "x: {convert: input, dtype: f16, save: '${name}.safetensors'}", inputs: "[{list: list}]")
    #expect(try folder.status().stages == [.done, .waiting])
  }
}
