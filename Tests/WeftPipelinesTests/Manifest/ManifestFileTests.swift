import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftRecipes
import WeftTensors

@Suite("A manifest on the disk")
struct ManifestFileTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in ["models/a.safetensors", "models/b.safetensors", "models/sub/c.safetensors"] {
      try folder.writeModel(name)
    }
    try folder.write("content", to: "vae.safetensors")
    try folder.writePipeline(
      "small: {convert: input, vae: vae.safetensors, save: '${folder}/${name}.ckpt'}\noverrides:",
      inputs: "['models/**/*.safetensors']")
    let text = try folder.text("p.yaml").replacingOccurrences(
      of: "  overrides:", with: "overrides:")
    try folder.write(text + "  - {match: 'b*', steps: {small: {dtype: f16}}}\n", to: "p.yaml")
  }

  private func write() throws -> ManifestMaker.Made {
    let made = try folder.made()
    try Paths.makeDirectory(folder["jobs"])
    try ManifestFile.write(
      made.manifest, tasks: made.tasks, to: folder["jobs/m.jsonl"], replacing: true)
    return made
  }

  private func open() throws -> ManifestFile {
    try ManifestFile.open(folder["jobs/m.jsonl"], library: folder.library)
  }

  @Test("gives back what was written")
  func roundTrip() throws {
    var made = try write()
    made.tasks[1].cost.memoryByteCount = 5
    made.tasks[1].cost.workByteCount = 1 << 40
    made.tasks[1].cost.seconds = 1.5
    try ManifestFile.write(
      made.manifest, tasks: made.tasks, to: folder["jobs/m.jsonl"], replacing: true)
    let file = try open()
    #expect(file.manifest.taskCount == 3)
    #expect(file.manifest.sideFiles == made.manifest.sideFiles)
    #expect(file.manifest.document.text == made.manifest.document.text)
    #expect(file.manifest.place.outputFolder == "out")
    var tasks: [ManifestTask] = []
    try file.forEachTask { tasks.append($0) }
    #expect(tasks == made.tasks)
    #expect(tasks.map(\.overrides) == [[], [0], []])
    #expect(tasks.map(\.outputs) == [["a.ckpt"], ["b.ckpt"], ["sub/c.ckpt"]])
    for index in 0..<3 { #expect(try file.task(index) == made.tasks[index]) }
    let form = try file.manifest.recipe(of: tasks[1], library: folder.library).passes[0].form
    #expect(form.dtype == "f16")
  }

  @Test("has tasks of no other numbers", arguments: [-1, 3, Int.max, Int.min])
  func wrongNumber(index: Int) throws {
    _ = try write()
    let file = try open()
    #expect(problem { try file.task(index) }?.status == .usage)
  }

  @Test("may be moved together with its folder")
  func moved() throws {
    _ = try write()
    let other = folder.path + "-moved"
    defer { try? FileManager.default.removeItem(atPath: other) }
    try FileManager.default.moveItem(atPath: folder.path, toPath: other)
    let file = try ManifestFile.open(other + "/jobs/m.jsonl", library: folder.library)
    #expect(file.manifest.place.path("vae.safetensors") == other + "/vae.safetensors")
    #expect(throws: Never.self) { try file.manifest.sideFiles.check(at: file.manifest.place) }
  }

  static let damages: [(what: String, from: String, to: String)] = [
    ("another version", "\"weft_manifest\":1", "\"weft_manifest\":2"),
    ("another revision", "\"numeric_revision\":", "\"numeric_revision\":1"),
    ("no manifest", "\"weft_manifest\"", "\"x\""), ("no outputs", "\"outputs\":\"out\"", "\"x\":1"),
    ("no count", "\"tasks\":3", "\"tasks\":\"3\""),
    ("a count below zero", "\"tasks\":3", "\"tasks\":-3"),
    ("a count beyond all", "\"tasks\":3", "\"tasks\":9223372036854775807"),
    ("a damaged pipeline", "version: 1", "version: 2"),
    ("no files", "\"files\":{", "\"files\":1,\"x\":{"),
  ]

  @Test("is refused with a damaged header", arguments: damages)
  func damagedHeader(damage: (what: String, from: String, to: String)) throws {
    _ = try write()
    let text = try folder.text("jobs/m.jsonl")
    let damaged = text.replacingOccurrences(of: damage.from, with: damage.to)
    try #require(text != damaged)
    try folder.write(damaged, to: "jobs/m.jsonl")
    #expect(problem { try open() }?.status == .badData)
  }

  @Test(
    "is refused where a line is damaged, with its number",
    arguments: [
      ("\"index\":1", "\"index\":2", 3), ("\"index\":1,", "", 3),
      ("{\"index\":1", "\"index\":1", 3),
      ("\"overrides\":[0]", "\"overrides\":[1]", 3), ("\"overrides\":[0]", "\"overrides\":[-1]", 3),
      ("{\"index\":2", "{\"index\":2\n", 4), ("\"tasks\":3", "\"tasks\":4", 5),
    ])
  func damagedLine(from: String, to: String, line: Int) throws {
    _ = try write()
    let text = try folder.text("jobs/m.jsonl")
    let damaged = text.replacingOccurrences(of: from, with: to)
    try #require(text != damaged)
    try folder.write(damaged, to: "jobs/m.jsonl")
    let file = try open()
    for problem in [problem { try file.forEachTask { _ in } }, problem { try file.task(line - 2) }]
    {
      #expect(problem?.status == .badData)
      #expect(problem?.place?.hasSuffix("m.jsonl, line \(line)") == true)
    }
  }

  @Test("is refused when it was cut off", arguments: [1, 2, 40])
  func truncated(count: Int) throws {
    _ = try write()
    try folder.write(Array(try folder.bytes("jobs/m.jsonl").dropLast(count)), to: "jobs/m.jsonl")
    let file = try open()
    #expect(problem { try file.forEachTask { _ in } }?.status == .badData)
    #expect(try file.task(1).index == 1)
    try folder.write("", to: "jobs/m.jsonl")
    #expect(problem { try open() }?.status == .badData)
  }

  @Test("may promise any work without overflow")
  func hugeCosts() throws {
    _ = try write()
    let number = "\":[0-9.]+"
    var text = try folder.text("jobs/m.jsonl")
    for key in ["output_bytes", "work_bytes", "memory_bytes", "seconds"] {
      let value = key == "seconds" ? "1e308" : "9223372036854775807"
      text = text.replacingOccurrences(
        of: key + number, with: "\(key)\":\(value)", options: .regularExpression)
    }
    try folder.write(text, to: "jobs/m.jsonl")
    let file = try open()
    let needs = try SubmissionNeeds(file)
    #expect(needs.memoryByteCount > 1 << 40)
    #expect(needs.seconds(ofSlices: 1).isFinite)
    let status = try StatusReader.status(of: file, library: folder.library, threads: 2)
    #expect(status.workByteCount > 1 << 40)
    #expect(StatusPage(status, name: "m").html.contains("0 of 3 models are done"))
  }
}
