import Foundation
import Testing

@Suite("weft pipeline")
struct PipelineTests {
  @Test("outputs of one pass are what one command gives, and a second run makes nothing")
  func onePass() throws {
    let files = try PipelineFolder(models: 3)
    let path = try files.pipeline(
      """
      safe: {scan: input}
      plain: {convert: input, dtype: bf16}
      tuned: {fuse: plain, adapters: ["ADAPTER:0.5"]}
      small: {quantize: tuned, type: q8_0, save: "${name}.gguf"}
      proof: {verify: small}
      """)
    let (status, result) = try files.run(path)
    #expect(status == 0, "\(result)")
    #expect(result.number("done") == 3)
    #expect(files.outputs == ["m0.gguf", "m1.gguf", "m2.gguf"])
    let alone = files.folder.path("alone.gguf")
    let fuse = try Tool.run(
      "fuse", files.model(1), "--adapter", "\(DemoFiles.resAdapter):0.5", "--dtype", "bf16",
      "--quantize", "q8_0", "-o", alone)
    #expect(fuse.status == 0, "\(fuse.errors)")
    #expect(FileManager.default.contentsEqual(atPath: alone, andPath: files.output("m1.gguf")))
    let again = try files.run(path)
    #expect(again.status == 0)
    #expect(again.json.number("unchanged") == 3)
    #expect(again.json.number("products", "made") == 0)
  }

  @Test("a changed step makes again what depends on it, and nothing else")
  func changedStep() throws {
    let files = try PipelineFolder(models: 2)
    func steps(scale: String, type: String) -> String {
      """
      tuned: {fuse: input, adapters: ["ADAPTER:\(scale)"], save: "${name}.safetensors"}
      small: {quantize: tuned, type: \(type), save: "${name}.gguf"}
      proof: {verify: small}
      """
    }
    let first = try files.run(try files.pipeline(steps(scale: "1", type: "q8_0")))
    #expect(first.json.number("products", "made") == 6)
    let type = try files.run(try files.pipeline(steps(scale: "1", type: "q4_0")))
    #expect(type.json.number("products", "made") == 4)
    #expect(type.json.number("products", "kept") == 2)
    let scale = try files.run(try files.pipeline(steps(scale: "0.5", type: "q4_0")))
    #expect(scale.json.number("products", "made") == 6)
  }

  @Test("a model that was touched is not made again, one that was changed is, and no clock matters")
  func changedModels() throws {
    let files = try PipelineFolder(models: 3)
    let path = try files.pipeline(PipelineFolder.fuse)
    #expect(try files.run(path).status == 0)
    func setTime(_ number: Int, _ seconds: TimeInterval) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: files.model(number)
      )
    }
    try setTime(0, 4_000_000_000)
    let handle = try #require(FileHandle(forUpdatingAtPath: files.model(1)))
    try handle.seek(toOffset: try handle.seekToEnd() - 2)
    try handle.write(contentsOf: [0x77])
    try handle.close()
    try setTime(1, 1000)
    let again = try files.run(path)
    #expect(again.status == 0)
    #expect(again.json.number("unchanged") == 2)
    #expect(again.json.number("products", "made") == 2)
  }

  @Test("a corrupt model and a missing one are told, and the others are made")
  func corrupt() throws {
    let files = try PipelineFolder(models: 3)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: files.model(1)))
    let path = try files.pipeline(
      PipelineFolder.fuse, more: "# the globs are followed by a path that is not there")
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacingOccurrences(of: "[models/*", with: "[models/gone.safetensors, models/*")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try Tool.run("pipeline", "run", path, "--jobs", "2")
    #expect(result.status == 1)  // 65 and 66 have no code in common
    #expect(files.outputs == ["m0.safetensors", "m2.safetensors"])
    #expect(result.errors.contains("models/m1.safetensors"))
    #expect(result.errors.contains("models/gone.safetensors"))
    let plan = try Tool.run("pipeline", "plan", path, "--json")
    #expect(plan.status == 1)
    #expect(try plan.json().number("cannot_be_done") == 2)
    #expect(try plan.json().number("done") == 2)
  }

  @Test("a disk that is full in the middle of a batch is worth a retry, and the retry goes on")
  func fullDisk() throws {
    let files = try PipelineFolder(models: 3)
    // Only the middle one is too large for what a file may have.
    let wide = files.folder.path("wide.safetensors")
    #expect(
      try Tool.run("convert", files.model(1), "--dtype", "f32", "-o", wide).status == 0)
    try FileManager.default.removeItem(atPath: files.model(1))
    try FileManager.default.moveItem(atPath: wide, toPath: files.model(1))
    let path = try files.pipeline(PipelineFolder.fuse)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [
      "-c", "ulimit -f 40000; exec \"$@\"", "bash", Tool.url.path, "pipeline", "run", path, "-q",
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    #expect(files.outputs == ["m0.safetensors", "m2.safetensors"])
    let again = try files.run(path)
    #expect(again.status == 0)
    #expect(again.json.number("unchanged") == 2)
    #expect(files.outputs.count == 3)
  }

  @Test("files that are in the way are refused, and replaced when that is wanted")
  func foreignFiles() throws {
    let files = try PipelineFolder(models: 2)
    let path = try files.pipeline(PipelineFolder.fuse)
    try FileManager.default.createDirectory(
      atPath: files.folder.path("out"), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: files.output("m0.safetensors")))
    let refused = try files.run(path)
    #expect(refused.status == 73)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: files.output("m0.safetensors")))
        == Data("mine".utf8))
    #expect(try files.run(path, "--force").status == 0)
    #expect(try files.run(path).json.number("unchanged") == 2)
  }

  @Test("a file that was put in an output's place after a failure stays")
  func foreignAfterFailure() throws {
    let files = try PipelineFolder(models: 1)
    let path = try files.pipeline("safe: {scan: input}\n" + PipelineFolder.fuse)
    let model = try Data(contentsOf: URL(fileURLWithPath: files.model(0)))
    try model.prefix(1000).write(to: URL(fileURLWithPath: files.model(0)))
    #expect(try files.run(path).status == 65)
    let output = URL(fileURLWithPath: files.output("m0.safetensors"))
    try Data("mine".utf8).write(to: output)
    try model.write(to: URL(fileURLWithPath: files.model(0)))
    #expect(try files.run(path).status == 73)
    #expect(try Data(contentsOf: output) == Data("mine".utf8))
  }

  @Test("a page replaces an earlier page, and nothing else")
  func pages() throws {
    let files = try PipelineFolder(models: 1)
    let path = try files.pipeline(PipelineFolder.fuse)
    let page = files.folder.path("page.html")
    #expect(try files.run(path, "--html", page).status == 0)
    #expect(try files.run(path, "--html", page).status == 0)
    let model = try Data(contentsOf: URL(fileURLWithPath: files.model(0)))
    #expect(try files.run(path, "--html", files.model(0)).status == 73)
    #expect(try Data(contentsOf: URL(fileURLWithPath: files.model(0))) == model)
  }

  @Test(
    "outputs that would stand in each other's way, or be inputs, are refused from the start",
    arguments: [
      (
        "a: {convert: input, to: diffusers, save: \"${name}/\"}\nb: {report: input, json: \"${name}/r.json\"}",
        "out"
      ),
      ("a: {convert: input, dtype: bf16, save: \"${name}-a.safetensors\"}", "models"),
    ])
  func outputsInTheWay(steps: String, outputs: String) throws {
    let files = try PipelineFolder(models: 1)
    let path = try files.pipeline(steps)
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacingOccurrences(of: "outputs: out", with: "outputs: \(outputs)")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try Tool.run("pipeline", "run", path)
    #expect(result.status == 65, "\(result.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: files.folder.path("models")).count == 1)
  }

  @Test("kill -9 at random moments loses nothing and does nothing twice")
  func kill() throws {
    let files = try PipelineFolder(models: 8)
    let path = try files.pipeline(PipelineFolder.fuse)
    var generator = SplitMix64(state: 91)
    for round in 0..<8 {
      let process = Process()
      process.executableURL = Tool.url
      process.arguments = ["pipeline", "run", path, "--jobs", "2", "--no-sync", "-q"]
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(50_000 + generator.next() % 400_000))
      Glibc.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      for name in files.outputs { #expect(name.hasSuffix(".safetensors"), "round \(round)") }
    }
    #expect(try files.run(path).status == 0)
    #expect(files.outputs.count == 8)
    var done: Set<String> = []
    for record in try files.records() {
      let task = try #require(record["task"] as? String)
      if record["event"] as? String == "begin" { #expect(!done.contains(task)) }
      if record["event"] as? String == "end", record.number("status") == 0 { done.insert(task) }
    }
    #expect(done.count == 8)
    #expect(try Tool.run("pipeline", "run", path, "--json").json().number("unchanged") == 8)
  }

  @Test("two runs at once share the work")
  func together() throws {
    let files = try PipelineFolder(models: 6)
    let path = try files.pipeline(PipelineFolder.fuse)
    let other = Process()
    other.executableURL = Tool.url
    other.arguments = ["pipeline", "run", path, "--jobs", "1", "--no-sync", "-q"]
    try other.run()
    let run = try files.run(path)
    other.waitUntilExit()
    #expect(run.status == 0)
    #expect(other.terminationStatus == 0)
    let begun = try files.records().filter { $0["event"] as? String == "begin" }
    #expect(begun.count == 6)
  }

  @Test("a sweep of the adapters' strength is one reading, with a proof of every variant")
  func sweep() throws {
    let files = try PipelineFolder(models: 1)
    let path = try files.pipeline(
      """
      tuned: {fuse: input, adapters: ["ADAPTER"], sweep: "scale=0:1:0.5", save: "${name}.safetensors"}
      proof: {verify: tuned}
      sheet: {report: input, json: "${name}.json", html: "${name}.html"}
      """)
    let run = try files.run(path)
    #expect(run.status == 0, "\(run.json)")
    #expect(
      files.outputs == [
        "m0-scale-0.5.safetensors", "m0-scale-0.safetensors", "m0-scale-1.safetensors", "m0.html",
        "m0.json",
      ])
    let report = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: files.output("m0.json"))))
    let proofs = (report as? [String: Any])?["proofs"] as? [[String: Any]]
    #expect(proofs?.compactMap { $0["verdict"] as? String } == ["pass", "pass", "pass"])
  }

  @Test(
    "what is wrong with a pipeline is one line that says where",
    arguments: [
      ("a: {fuse: b, adapters: [x]}\nb: {convert: a}", 65, "line 6, column"),
      ("a: {convert: nothing}", 65, "there is no step 'nothing'"),
      ("a: {blend: input}", 65, "line 6, column"),
      ("a: {convert: input, save: same.safetensors}", 65, "two outputs have the name"),
      ("a: {fuse: input, adapters: [gone.safetensors]}", 66, "gone.safetensors"),
    ])
  func badPipelines(steps: String, status: Int, text: String) throws {
    let files = try PipelineFolder(models: 2)
    let result = try Tool.run("pipeline", "run", try files.pipeline(steps))
    #expect(Int(result.status) == status, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(files.outputs.isEmpty)
  }

  @Test("a glob that fits nothing is told with its line")
  func emptyGlob() throws {
    let files = try PipelineFolder(models: 0)
    let result = try Tool.run(
      "pipeline", "plan", try files.pipeline("a: {convert: input, dtype: f16}"))
    #expect(result.status == 66)
    #expect(result.errors.contains("line 2, column"))
  }
}
