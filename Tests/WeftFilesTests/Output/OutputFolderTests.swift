import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("An output folder")
struct OutputFolderTests {
  let scratch = try? Scratch()

  /// Writes a component's folder with one small file.
  private func write(_ text: String, to path: String, replacing: Bool = false) throws {
    let bytes = Array(text.utf8)
    let layout = try OutputLayout.files(
      [],
      small: [
        SmallOutputFile(name: "unet/config.json", bytes: bytes),
        SmallOutputFile(name: "model_index.json", bytes: bytes),
      ],
      metadata: [:], arrangement: .folder, format: .diffusers, path: path)
    let output = try layout.create(at: path, replacing: replacing, inputs: [], shareStarts: [])
    _ = try output.finish { $0 }
    try output.commit(sync: true)
  }

  @Test("appears with all its files, under a name with or without a slash", arguments: ["", "/"])
  func appears(slash: String) throws {
    let scratch = try #require(scratch)
    try write("new", to: scratch["model"] + slash)
    #expect(try String(contentsOfFile: scratch["model/unet/config.json"], encoding: .utf8) == "new")
    #expect(scratch.names == ["model"])
  }

  @Test("takes the place of a model's folder only when asked, and leaves nothing of it")
  func replaces() throws {
    let scratch = try #require(scratch)
    try write("old", to: scratch["model"])
    try scratch.write("", to: "model/leftover.json")
    #expect(throws: FileError.self) { try write("new", to: scratch["model"]) }
    try write("new", to: scratch["model"], replacing: true)
    #expect(Paths.names(in: scratch["model"]) == ["model_index.json", "unet"])
    #expect(scratch.names == ["model"])
  }

  @Test(
    "never takes the place of a folder that is no model",
    arguments: [
      ["a.jpg"], ["config.json"], ["config.json", "main.swift"],
      ["config.json", "weights.safetensors", "notes.odt"],
      ["model_index.json", "unet/config.json", "src/a/b.json"],
      ["model_index.json", "photos/a.jpg"],
    ])
  func foreign(names: [String]) throws {
    let scratch = try #require(scratch)
    for name in names { try scratch.write("", to: "mine/" + name) }
    let before = Paths.names(in: scratch["mine"])
    #expect(throws: FileError.self) { try write("new", to: scratch["mine"], replacing: true) }
    #expect(Paths.names(in: scratch["mine"]) == before)
    #expect(scratch.names == ["mine"])
  }

  @Test("leaves nothing when it is given up")
  func givenUp() throws {
    let scratch = try #require(scratch)
    let layout = try OutputLayout.files(
      [], small: [SmallOutputFile(name: "unet/config.json", bytes: [1])], metadata: [:],
      arrangement: .folder, format: .diffusers, path: "")
    _ = try layout.create(
      at: scratch["model"], replacing: false, inputs: [], shareStarts: [])
    #expect(scratch.names.isEmpty)
  }
}
