import Foundation
import Testing
import WeftFiles

@Suite("What weft fuse --in-place and weft undo refuse")
struct InPlaceRefusalTests {
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
