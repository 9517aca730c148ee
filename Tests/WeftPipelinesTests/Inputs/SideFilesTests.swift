import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("Files that tasks share")
struct SideFilesTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in [
      "one.safetensors", "peft/two.safetensors", "dir/x.safetensors", "base.safetensors",
    ] { try folder.write("content of \(name)", to: name) }
    try folder.write("{}", to: "peft/adapter_config.json")
    try folder.write("", to: "models/m.safetensors")
    try folder.writePipeline(
      "a: {fuse: input, adapters: [one.safetensors, peft/two.safetensors, dir], tlora_base: base.safetensors}"
    )
  }

  private func files() throws -> SideFiles { try folder.made().manifest.sideFiles }

  @Test("are known by what is in them")
  func entries() throws {
    let files = try files()
    #expect(
      files.entries.keys.sorted() == [
        "base.safetensors", "dir", "one.safetensors", "peft/two.safetensors",
      ])
    let one = SHA256.digest(Array("content of one.safetensors".utf8))
    #expect(files.entries["one.safetensors"]?.sha256 == one)
    #expect(throws: Never.self) { try files.check(at: folder.place) }
  }

  @Test("may be written again with the same content")
  func touched() throws {
    let files = try files()
    try folder.write("content of one.safetensors", to: "one.safetensors")
    try folder.setTime(0, of: "one.safetensors")
    #expect(throws: Never.self) { try files.check(at: folder.place) }
  }

  @Test(
    "are refused when their content is another one",
    arguments: [
      "one.safetensors", "peft/two.safetensors", "peft/adapter_config.json", "dir/x.safetensors",
      "dir/new.safetensors", "base.safetensors",
    ])
  func changed(name: String) throws {
    let files = try files()
    try folder.write("something else", to: name)
    #expect(problem { try files.check(at: folder.place) }?.status == .refused)
  }

  @Test(
    "must be there", arguments: ["one.safetensors", "peft/two.safetensors", "base.safetensors"])
  func missing(name: String) throws {
    let files = try files()
    try folder.remove(name)
    #expect(problem { try files.check(at: folder.place) }?.status == .noInput)
    #expect(problem { try self.files() }?.status == .noInput)
  }
}
