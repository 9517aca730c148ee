import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft fuse --in-place and weft undo")
struct InPlaceTests {
  let folder: Folder
  let model: String
  let undo: String
  let original: Data

  init() throws {
    folder = try Folder()
    model = folder.path("modèl.safetensors")
    undo = folder.path("the model.undo")
    original = try Data(contentsOf: URL(fileURLWithPath: DemoFiles.base))
    try original.write(to: URL(fileURLWithPath: model))
  }

  private func fuse(_ options: String...) throws -> Tool.Result {
    try Tool.run(arguments + options)
  }

  private var arguments: [String] {
    get throws {
      try [
        "fuse", model, "--adapter", DemoFiles.resAdapter, "--in-place", "--undo", undo,
        "--no-sync",
      ]
    }
  }

  private var bytes: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: model)) } }

  /// The names and the bytes of all tensors.
  private func tensors(_ path: String) throws -> [String: [UInt8]] {
    let checkpoint = try Checkpoint.open(path)
    return Dictionary(
      uniqueKeysWithValues: try checkpoint.tensors.map { ($0.info.name, try $0.bytes()) })
  }

  @Test("the tensors are those of an ordinary fuse, and undo gives every byte back, twice")
  func thereAndBack() throws {
    let result = try fuse("--json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["in_place"] as? Bool == true)
    #expect(json["undo"] as? String == undo)
    #expect(json["recipe_in_header"] as? Bool == false)
    #expect((json["tensors"] as? [String: Int])?["changed"] == 94)
    #expect(try tensors(model) == tensors(DemoFiles.fused))
    #expect(try bytes.count == original.count)
    let verify = try Tool.run(
      "verify", model, "--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter)
    #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
    let first = try Tool.run("undo", undo, "--json")
    #expect(first.status == 0, "\(first.errors)")
    #expect(try first.json()["was"] as? String == "changed")
    #expect(try bytes == original)
    let second = try Tool.run("undo", undo, "--json")
    #expect(second.status == 0)
    #expect(try second.json()["was"] as? String == "original")
    #expect(try second.json()["bytes_written"] as? Int == 0)
    #expect(try bytes == original)
  }

  /// Starts a fuse, kills it after some microseconds, half of the time counted from when the undo file is there.
  private func killedFuse(round: Int, generator: inout SplitMix64) throws {
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = try arguments + ["--quiet"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    if round % 2 == 0 {
      while process.isRunning, !FileManager.default.fileExists(atPath: undo) { usleep(50) }
      usleep(UInt32(generator.next() % 25_000))
    } else {
      usleep(UInt32(generator.next() % 120_000))
    }
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  @Test("kill -9 at 60 moments: undo gives the original back, or nothing was changed")
  func kill() throws {
    var generator = SplitMix64(state: 20_251_123)
    var kinds: [String: Int] = [:]
    for round in 0..<60 {
      try killedFuse(round: round, generator: &generator)
      guard FileManager.default.fileExists(atPath: undo) else {
        #expect(try bytes == original, "round \(round)")
        kinds["untouched", default: 0] += 1
        continue
      }
      let isWhole = try Tool.run("inspect", model).status == 0
      let result = try Tool.run("undo", undo, "--no-sync", "--json")
      #expect(result.status == 0, "round \(round): \(result.errors)")
      let was = try result.json()["was"] as? String ?? ""
      // What is neither the old nor the new model is no model to any reader.
      if !isWhole { #expect(was == "partly changed") }
      kinds[was, default: 0] += 1
      #expect(try bytes == original, "round \(round)")
      try FileManager.default.removeItem(atPath: undo)
      #expect(folder.names == ["modèl.safetensors"], "round \(round): \(folder.names)")
    }
    // Every second round waits for the undo file.
    #expect(kinds["untouched", default: 0] <= 30)
    print("after kill -9: \(kinds.sorted { $0.key < $1.key })")
  }

  @Test("kill -9 in the middle of an undo is undone by another", arguments: 0..<5)
  func killedUndo(round: Int) throws {
    #expect(try fuse().status == 0)
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = ["undo", undo]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(UInt32(3_000 + 5_000 * round))
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }

  @Test(
    "an interrupt gives the original bytes back",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func interrupt(signal: Int32, status: Int32) throws {
    for round in 0..<40 {
      let process = Process()
      process.executableURL = Tool.url
      process.arguments = try arguments + ["--quiet"]
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(20_000 + UInt32(round) * 2_000)
      Glibc.kill(process.processIdentifier, signal)
      process.waitUntilExit()
      if process.terminationReason == .exit, process.terminationStatus == 0 {
        #expect(try Tool.run("undo", undo).status == 0)
        try FileManager.default.removeItem(atPath: undo)
        continue
      }
      #expect(try bytes == original)
      #expect(folder.names == ["modèl.safetensors"])
      // Before the handler is installed the signal ends the process itself.
      if process.terminationReason == .exit { #expect(process.terminationStatus == status) }
    }
  }

  @Test("a damaged undo file is refused and changes nothing")
  func damaged() throws {
    #expect(try fuse().status == 0)
    let changed = try bytes
    let whole = try Data(contentsOf: URL(fileURLWithPath: undo))
    var generator = SplitMix64(state: 7)
    var cases: [Data] = [0, 5, 23, 24, 500, whole.count / 2, whole.count - 1].map {
      whole.prefix($0)
    }
    cases.append(whole + [0])
    // The end mark alone may be torn: it is not needed to go back.
    let end = whole.count - 16 - 4 * 95
    for _ in 0..<20 {
      var bad = whole
      bad[Int(generator.next() % UInt64(end))] ^= 0x20
      cases.append(bad)
    }
    for (index, bad) in cases.enumerated() {
      try bad.write(to: URL(fileURLWithPath: undo))
      let result = try Tool.run("undo", undo)
      #expect(result.status == 65, "case \(index): \(result.errors)")
      #expect(result.errorLines.count == 1)
      #expect(try bytes == changed)
    }
    try whole.write(to: URL(fileURLWithPath: undo))
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }
}
