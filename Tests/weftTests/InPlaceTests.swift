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

  @Test("a model that is not the undo file's any more is refused, unless it is forced")
  func foreign() throws {
    #expect(try fuse().status == 0)
    let changed = try bytes
    let dataOffset = try Checkpoint.open(model).tensors[0].offset
    let adapted = try #require(try Checkpoint.open(model).tensors.last?.offset)
    var others: [(Data, Bool)] = [(changed + [0], false)]
    for index in [9, dataOffset - 30, dataOffset + 10] {
      var other = changed
      other[index] ^= 1
      others.append((other, true))
    }
    for (other, canBeForced) in others {
      try other.write(to: URL(fileURLWithPath: model))
      let result = try Tool.run("undo", undo)
      #expect(result.status == 2, "\(result.errors)")
      #expect(try bytes == other)
      let forced = try Tool.run("undo", undo, "--force")
      #expect(forced.status == (canBeForced ? 0 : 2), "\(forced.errors)")
    }
    #expect(adapted > dataOffset)
    try changed.write(to: URL(fileURLWithPath: model))
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }

  @Test("a moved model is found with --model, and both may move together")
  func moved() throws {
    #expect(try fuse().status == 0)
    let elsewhere = folder.path("elsewhere")
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
    let moved = elsewhere + "/modèl.safetensors"
    try FileManager.default.moveItem(atPath: model, toPath: moved)
    #expect(try Tool.run("undo", undo).status == 66)
    let result = try Tool.run("undo", undo, "--model", moved)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: moved)) == original)
    try FileManager.default.moveItem(atPath: undo, toPath: elsewhere + "/the model.undo")
    #expect(try Tool.run("undo", elsewhere + "/the model.undo").status == 0)
  }

  @Test("what cannot be changed in place is refused before anything is written")
  func refused() throws {
    let link = folder.path("link.undo")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    let adapter = try DemoFiles.resAdapter
    let inPlace = ["--adapter", adapter, "--in-place", "--undo"]
    let cases: [(Int32, [String])] = [
      (73, ["fuse", model] + inPlace + [model]),
      (73, ["fuse", model] + inPlace + [model, "--force"]),
      (73, ["fuse", model] + inPlace + [link, "--force"]),
      (73, ["fuse", model] + inPlace + [folder.path("none/model.undo")]),
      (73, ["fuse", model] + inPlace + [undo, "--report", undo]),
      (66, ["fuse", folder.path("none")] + inPlace + [undo]),
      (64, ["fuse", model, "--adapter", adapter, "--in-place"]),
      (64, ["fuse", model, "--adapter", adapter, "--undo", undo]),
      (64, ["fuse", model] + inPlace + [undo, "-o", folder.path("x.safetensors")]),
      (64, ["fuse", model] + inPlace + [undo, "--dtype", "f32"]),
      (64, ["fuse", model] + inPlace + [undo, "--layout", "diffusers"]),
      (64, ["fuse", model] + inPlace + [undo, "--vae", model]),
      (64, ["fuse", model] + inPlace + [undo, "--hash"]),
      (64, ["fuse", model] + inPlace + [undo, "--to", "ckpt"]),
      (66, ["undo", undo]), (65, ["undo", model]), (64, ["undo"]),
    ]
    for (status, arguments) in cases {
      let result = try Tool.run(arguments)
      #expect(result.status == status, "\(arguments): \(result.errors)")
      #expect(result.errorLines.count == 1, "\(result.errors)")
    }
    #expect(try bytes == original)
    #expect(folder.names == ["link.undo", "modèl.safetensors"])
  }

  @Test("a model in several files, or one that is write-protected, is refused")
  func otherModels() throws {
    let shards = folder.path("shards.safetensors")
    let component = folder.path("diffusers")
    let converted = try [
      Tool.run("convert", model, "-o", shards, "--max-shard-size", "20MB"),
      Tool.run("convert", model, "-o", component, "--to", "diffusers"),
    ]
    #expect(converted.allSatisfy { $0.status == 0 })
    for base in [shards + ".index.json", component + "/unet"] {
      let result = try Tool.run(
        "fuse", base, "--adapter", DemoFiles.resAdapter, "--in-place", "--undo", undo)
      #expect(result.status == 2, "\(result.errors)")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: model)
    let protected = try fuse()
    #expect(protected.status == 73, "\(protected.errors)")
    #expect(try bytes == original)
    #expect(!FileManager.default.fileExists(atPath: undo))
  }

  @Test("the undo file of a changed model is never replaced")
  func replacing() throws {
    #expect(try fuse().status == 0)
    let saved = try Data(contentsOf: URL(fileURLWithPath: undo))
    #expect(try fuse().status == 73)
    #expect(try fuse("--force").status == 73)
    #expect(try Data(contentsOf: URL(fileURLWithPath: undo)) == saved)
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try fuse().status == 73)
    #expect(try fuse("--force").status == 0)
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }

  @Test("two fuses in place are undone one after the other, in their order only")
  func chain() throws {
    #expect(try fuse().status == 0)
    let between = try bytes
    let second = folder.path("second.undo")
    let result = try Tool.run(
      "fuse", model, "--adapter", DemoFiles.resAdapter + ":0.5", "--in-place", "--undo", second)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Tool.run("undo", undo).status == 2)
    #expect(try Tool.run("undo", second).status == 0)
    #expect(try bytes == between)
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }

  @Test("--plan says what would change and changes nothing")
  func plan() throws {
    let result = try Tool.run(arguments + ["--plan"])
    #expect(result.status == 0)
    #expect(result.output.contains("in place"))
    #expect(try bytes == original)
    #expect(folder.names == ["modèl.safetensors"])
  }

  @Test("other names of the model are pointed out")
  func names() throws {
    let link = folder.path("link.safetensors")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    try FileManager.default.linkItem(atPath: model, toPath: folder.path("hard.safetensors"))
    let result = try Tool.run(
      "fuse", link, "--adapter", DemoFiles.resAdapter, "--in-place", "--undo", undo)
    #expect(result.status == 0)
    #expect(result.errors.contains("symbolic link") && result.errors.contains("2 names"))
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try bytes == original)
  }
}
