import Foundation
import Testing

@Suite("weft job")
struct JobTests {
  let files: PipelineFolder
  let manifest: String

  init() throws {
    files = try PipelineFolder(models: 4)
    manifest = files.folder.path("m.jsonl")
    let path = try files.pipeline(PipelineFolder.fuse)
    let made = try Tool.run("job", "make", path, "-o", manifest)
    #expect(made.status == 0, "\(made.errors)")
  }

  @Test(
    "the engine's variable says which task is done",
    arguments: [
      ("SLURM_ARRAY_TASK_ID", "0"), ("JOB_COMPLETION_INDEX", "0"),
      ("AWS_BATCH_JOB_ARRAY_INDEX", "0"), ("PARALLEL_SEQ", "1"), ("SGE_TASK_ID", "1"),
    ])
  func variables(name: String, value: String) throws {
    let run = try Tool.run(["job", "run", manifest, "-q"], environment: [name: value])
    #expect(run.status == 0, "\(run.errors)")
    #expect(files.outputs == ["m0.safetensors"])
    let status = try Tool.run("job", "status", manifest, "--json").json()
    #expect(status.number("done") == 1)
    #expect(status["unfinished_indices"] as? String == "1-3")
  }

  @Test("slices do every task once, whichever way they are counted", arguments: [0, 1])
  func slices(first: Int) throws {
    for number in first..<first + 3 {
      let run = try Tool.run("job", "run", manifest, "--slice", "\(number)/3", "-q", "--no-sync")
      #expect(run.status == 0, "\(run.errors)")
    }
    #expect(files.outputs.count == 4)
    let begun = try files.records().filter { $0["event"] as? String == "begin" }
    #expect(begun.count == 4)
  }

  @Test("a task that another worker has is worth a retry")
  func held() throws {
    #expect(try Tool.run("job", "run", manifest, "--index", "1", "-q").status == 0)
    let line = try String(contentsOfFile: manifest, encoding: .utf8).split(separator: "\n")[1]
    let task = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    let claim = files.folder.path("out/.weft/claims/\(try #require(task?["task"] as? String))")
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    holder.arguments = [claim, "sleep", "30"]
    try holder.run()
    defer { holder.terminate() }
    while !FileManager.default.fileExists(atPath: claim) { usleep(10_000) }
    usleep(100_000)
    let run = try Tool.run("job", "run", manifest, "--index", "0", "--wait", "0.3")
    #expect(run.status == 75)
    #expect(run.errors.contains("another worker has the task"))
    #expect(files.outputs == ["m1.safetensors"])
  }

  @Test("failures are told with their indices, and permanent ones are no reason for a retry")
  func failures() throws {
    for number in [0, 2, 3] {
      try Data([0]).write(to: URL(fileURLWithPath: files.model(number)))
    }
    let run = try Tool.run("job", "run", manifest, "--slice", "1/1")
    #expect(run.status == 65)
    let page = files.folder.path("status.html")
    let status = try Tool.run("job", "status", manifest, "--json", "--html", page)
    #expect(status.status == 0)
    #expect(try status.json()["failed_indices"] as? String == "0,2,3")
    #expect(try status.json()["permanent_indices"] as? String == "0,2,3")
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("0,2,3"))
  }

  @Test("SIGTERM ends a worker with 75 and leaves nothing behind")
  func terminated() throws {
    for _ in 0..<40 {
      let process = Process()
      process.executableURL = Tool.url
      process.arguments = ["job", "run", manifest, "--slice", "1/1", "-q", "--force"]
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(60_000)
      Glibc.kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      // Before the handler is there the signal ends the process itself, and a run may be over.
      guard process.terminationReason == .exit, process.terminationStatus != 0 else {
        try? FileManager.default.removeItem(atPath: files.folder.path("out"))
        continue
      }
      #expect(process.terminationStatus == 75)
      #expect(files.outputs.allSatisfy { !$0.hasPrefix(".") })
      #expect(try Tool.run("job", "run", manifest, "--slice", "1/1", "-q").status == 0)
      return
    }
    Issue.record("no run was caught in the middle")
  }

  @Test(
    "manifests that are damaged or of another version are refused",
    arguments: [
      ("\"weft_manifest\":1", "\"weft_manifest\":2", "version 2"),
      ("\"numeric_revision\":", "\"numeric_revision\":9", "numeric revision 9"),
      ("{\"weft_manifest\"", "[\"weft_manifest\"", "no manifest"),
      ("\"index\":0,", "\"index\":7,", "line of task 0"),
    ])
  func otherManifests(old: String, new: String, text: String) throws {
    let changed = try String(contentsOfFile: manifest, encoding: .utf8)
      .replacingOccurrences(of: old, with: new)
    try changed.write(toFile: manifest, atomically: true, encoding: .utf8)
    let run = try Tool.run("job", "run", manifest, "--index", "0")
    #expect(run.status == 65)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains(text), "\(run.errors)")
  }

  @Test("an adapter that is not the one of the manifest is refused")
  func otherAdapter() throws {
    let adapter = files.folder.path("adapter")
    try FileManager.default.copyItem(atPath: try DemoFiles.resAdapter, toPath: adapter)
    let path = try files.pipeline("a: {fuse: input, adapters: [adapter]}")
    #expect(try Tool.run("job", "make", path, "-o", manifest, "--force").status == 0)
    let file = try #require(
      FileManager.default.contentsOfDirectory(atPath: adapter).first {
        $0.hasSuffix(".safetensors")
      })
    let handle = try #require(FileHandle(forUpdatingAtPath: adapter + "/" + file))
    try handle.seek(toOffset: try handle.seekToEnd() - 1)
    try handle.write(contentsOf: [0x11])
    try handle.close()
    let run = try Tool.run("job", "run", manifest, "--index", "0")
    #expect(run.status == 2)
    #expect(run.errors.contains("not the one that the manifest was made for"))
  }

  @Test("numbers that make no sense are usage errors", arguments: ["--index 9", "--slice 5/4", ""])
  func usage(options: String) throws {
    let run = try Tool.run(
      ["job", "run", manifest] + options.split(separator: " ").map(String.init))
    #expect(run.status == 64)
    #expect(run.errorLines.count == 1)
  }

  @Test(
    "every engine gets a file that names the manifest",
    arguments: ["slurm", "parallel", "snakemake", "kubernetes"])
  func emit(engine: String) throws {
    let options =
      engine == "kubernetes"
      ? ["--image", "weft:1", "--volume", "models", "--mount", files.folder.url.path] : []
    let emitted = try Tool.run(["job", "emit", engine, manifest] + options)
    #expect(emitted.status == 0, "\(emitted.errors)")
    #expect(emitted.output.contains("m.jsonl"))
  }
}
