import Foundation
import Testing

@Suite("The command line")
struct UsageTests {
  @Test(
    "a wrong command line is one line with the help to read, exit code 64",
    arguments: [
      ["frobnicate"], ["fuse"], ["fuse", "a", "--adapter", "b"],
      ["fuse", "a", "-o", "x.safetensors"],
      ["fuse", "a", "--adapter", "b", "-o", "x.model"], ["inspect"], ["inspect", "a", "--no-such"],
      ["fuse", "a", "--adapter", "b:cfg=1", "-o", "x.safetensors"],
      ["fuse", "a", "--adapter", "b", "-o", "x.safetensors", "--norm", "delta"],
      ["fuse", "a", "--adapter", "b", "-o", "x.safetensors", "--threads", "0"],
      ["fuse", "a", "--adapter", "b", "-o", "x.safetensors", "--dtype", "f17"],
      ["diff", "a"], ["verify", "a"], ["diff", "a", "b", "--threads", "0"],
      ["verify", "a", "--base", "b", "--adapter", "c", "--threads", "-1"],
      ["fuse", "a", "--adapter", "b:norm=0.5", "-o", "x.safetensors"],
      ["fuse", "a", "--adapter", "b:te=1,te=2", "-o", "x.safetensors"],
    ])
  func usage(arguments: [String]) throws {
    let result = try Tool.run(arguments)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.output.isEmpty)
  }

  @Test("help and version go to standard output")
  func help() throws {
    for arguments in [["--help"], ["fuse", "--help"], ["inspect", "-h"], ["--version"]] {
      let result = try Tool.run(arguments)
      #expect(result.status == 0)
      #expect(!result.output.isEmpty && result.errors.isEmpty)
    }
  }

  @Test("inspect tells what the demo's files are")
  func inspect() throws {
    let base = try Tool.run("inspect", DemoFiles.base, "--json").json()
    #expect(base["kind"] as? String == "checkpoint")
    #expect(base["architecture"] as? String == "sd15")
    #expect(base["layout"] as? String == "ldm")
    #expect(base["format"] as? String == "safetensors")
    let adapter = try Tool.run("inspect", DemoFiles.resAdapter, "--json").json()
    #expect(adapter["kind"] as? String == "adapter")
    let summary = try #require(adapter["adapter"] as? [String: Any])
    #expect(summary["families"] as? [String: Int] == ["lora": 6, "norm": 44])
    #expect(summary["scales"] as? [String: Int] == ["0.5": 6])
    let tensors = try Tool.run("inspect", DemoFiles.base, "--tensors", "--json").json()
    #expect((tensors["tensors"] as? [Any])?.count == tensors["tensor_count"] as? Int)
  }

  @Test("a result that cannot be written is an I/O error")
  func fullOutput() throws {
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = ["--help"]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }

  @Test("progress for programs is one JSON object a line")
  func progress() throws {
    let folder = try Folder()
    let result = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "-o",
      folder.path("out.safetensors"), "--progress", "jsonl", "--json")
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(value?["event"] as? String == "progress")
    }
  }
}
