import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("The header of a model that is fused in place")
struct InPlaceHeaderTests {
  let folder: Folder
  let model: String
  let undo: String

  init() throws {
    folder = try Folder()
    model = folder.path("model.safetensors")
    undo = folder.path("model.undo")
  }

  /// Writes the demonstration's base with a metadata object as it is spelled here, and so many spaces after the JSON.
  private func write(metadata: String?, padding: Int) throws -> Data {
    let base = try Checkpoint.open(DemoFiles.base)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: DemoFiles.base))
    let start = try #require(base.tensors.first?.offset)
    let own = try SafetensorsLayout(
      tensors: base.tensors.map(\.info), metadata: [:], path: ""
    ).headerBytes.dropFirst(9)  // the length and the first brace
    let text = "{" + (metadata.map { "\"__metadata__\": \($0)," } ?? "")
    let json = Array(text.utf8) + own + [UInt8](repeating: 0x20, count: padding)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    let data = Data(length + json) + bytes.suffix(from: start)
    try data.write(to: URL(fileURLWithPath: model))
    return data
  }

  /// Fuses in place, checks the tensors and gives the header's JSON, its metadata and the report.
  private func fuse(
    _ before: Data
  ) throws -> (json: String, metadata: [String: String], report: [String: Any]) {
    let result = try Tool.run(
      "fuse", model, "--adapter", DemoFiles.resAdapter, "--in-place", "--undo", undo, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let after = try Data(contentsOf: URL(fileURLWithPath: model))
    #expect(after.prefix(8) == before.prefix(8))
    #expect(after.count == before.count)
    let verify = try Tool.run(
      "verify", model, "--base", DemoFiles.base, "--adapter", DemoFiles.resAdapter)
    #expect([0, 2].contains(verify.status), "\(verify.output) \(verify.errors)")
    let checkpoint = try Checkpoint.open(model)
    let end = try #require(checkpoint.tensors.first?.offset)
    let json = String(decoding: after[8..<end], as: UTF8.self)
    let undone = try Tool.run("undo", undo)
    #expect(undone.status == 0, "\(undone.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: model)) == before)
    return (json, checkpoint.metadata, try result.json())
  }

  @Test("stale hashes become spaces when there is no room, and everything else stays")
  func blanked() throws {
    let metadata =
      #"{ "title":"a \"b\" \u00e9", "sshs_model_hash" : "0\u0031f\"", "modelspec.hash_sha256":"0xabc","#
      + #""weft.recipe":"{\"version\":1}"}"#
    let before = try write(metadata: metadata, padding: 3)
    let (json, found, report) = try fuse(before)
    #expect(found["title"] == "a \"b\" é")
    #expect(found["sshs_model_hash"] == String(repeating: " ", count: 10))
    #expect(found["modelspec.hash_sha256"] == "     ")
    #expect(found["weft.recipe"]?.allSatisfy { $0 == " " } == true)
    #expect(report["recipe_in_header"] as? Bool == false)
    #expect(report["stale_metadata"] as? [String] == ["sshs_model_hash", "modelspec.hash_sha256"])
    #expect(json.contains(#"{ "title":"a \"b\" \u00e9", "sshs_model_hash" : "          ","#))
    let old = String(decoding: before[8...].prefix(json.utf8.count), as: UTF8.self)
    #expect(old.split(separator: "},").count == json.split(separator: "},").count)
  }

  @Test(
    "the recipe goes in where there is room, and stale hashes go out",
    arguments: [#"{"title":"t","sshs_legacy_hash":"1f"}"#, "{}", "null", nil] as [String?])
  func roomy(metadata: String?) throws {
    let before = try write(metadata: metadata, padding: 4000)
    let (json, found, report) = try fuse(before)
    #expect(report["recipe_in_header"] as? Bool == true)
    #expect(found["weft.recipe"]?.contains("\"operation\":\"fuse\"") == true)
    #expect(found["sshs_legacy_hash"] == nil)
    #expect(found["title"] == (metadata?.contains("title") == true ? "t" : nil))
    #expect(json.hasSuffix("  "))
  }

  @Test("what a stale hash frees is room for the recipe")
  func freed() throws {
    let manifest = String(repeating: "m", count: 5000)
    let before = try write(metadata: #"{"c2pa:manifest":"\#(manifest)"}"#, padding: 0)
    let (_, found, report) = try fuse(before)
    #expect(report["recipe_in_header"] as? Bool == true)
    #expect(found.keys.sorted() == ["weft.recipe"])
  }

  @Test("a model with the recipe in its header proves right")
  func verified() throws {
    let before = try write(metadata: nil, padding: 4000)
    let base = folder.path("base.safetensors")
    try before.write(to: URL(fileURLWithPath: base))
    let fuse = try Tool.run(
      "fuse", model, "--adapter", DemoFiles.resAdapter, "--in-place", "--undo", undo)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let verify = try Tool.run(
      "verify", model, "--base", base, "--adapter", DemoFiles.resAdapter)
    #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
    let wrong = try Tool.run(
      "verify", model, "--base", base, "--adapter", DemoFiles.resAdapter + ":0.5")
    #expect(wrong.status == 2)
  }

  @Test("a file that carries the mark of a change is told from other damage")
  func marked() throws {
    var data = try write(metadata: nil, padding: 0)
    data[7] = 0xFF
    try data.write(to: URL(fileURLWithPath: model))
    let result = try Tool.run("inspect", model)
    #expect(result.status == 65)
    #expect(result.errors.contains("weft undo"))
  }
}
