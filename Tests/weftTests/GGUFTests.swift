import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft on GGUF files")
struct GGUFTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// A file that gguf-py wrote.
  private static func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/gguf/\(name)").path
  }

  /// Writes tensors as they are, and gives the path.
  private func write(_ tensors: [SmallFiles.Tensor], to name: String) throws -> String {
    let infos = tensors.compactMap {
      TensorInfo(name: $0.name, dtype: $0.dtype, shape: Shape($0.shape))
    }
    let layout = try GGUFLayout(
      tensors: infos, storedShapes: infos.map { _ in nil }, metadata: GGUFMetadata(), path: name)
    var bytes = layout.headerBytes
    bytes += [UInt8](repeating: 0, count: layout.byteCount - bytes.count)
    for (entry, tensor) in zip(layout.entries, tensors) {
      let end = entry.offsetInFile + entry.info.byteCount
      bytes.replaceSubrange(entry.offsetInFile..<end, with: tensor.bytes)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  private let tensors: [SmallFiles.Tensor] = [
    .init("a.weight", [5, 3], dtype: .f16), .init("b.bias", [7]), .init("scalar", []),
  ]

  @Test("inspect tells the container, the types, the shapes and the metadata")
  func inspect() throws {
    let result = try Tool.run("inspect", Self.fixture("comfy.gguf"), "--tensors", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["format"] as? String == "gguf")
    #expect(json["dtypes"] as? [String: Int] == ["Q4_0": 1, "F32": 1, "BF16": 1])
    let metadata = try #require(json["metadata"] as? [String: String])
    #expect(metadata["general.architecture"] == "sd1")
    let listed = try #require(json["tensors"] as? [[String: Any]])
    #expect(listed[0]["name"] as? String == "input_blocks.0.0.weight")
    #expect(listed[0]["dtype"] as? String == "Q4_0")
    #expect(listed[0]["shape"] as? [Int] == [32, 4, 3, 4])
    #expect(listed[0]["bytes"] as? Int == 864)
    let text = try Tool.run("inspect", Self.fixture("comfy.gguf")).output
    #expect(text.contains("1 × Q4_0"))
  }

  @Test("a UNet is known by its names and shapes, as in any container")
  func recognition() throws {
    let specimen = Specimen(
      architecture: "sdxl", component: "unet", layout: "ldm", kind: "unet", because: "")
    try specimen.write(to: folder.path("unet.safetensors"))
    let infos = try Checkpoint.open(folder.path("unet.safetensors")).tensors.map(\.info)
    let layout = try GGUFLayout(
      tensors: infos, storedShapes: infos.map { _ in nil }, metadata: GGUFMetadata(), path: "")
    let path = folder.path("unet.gguf")
    try Data(layout.headerBytes).write(to: URL(fileURLWithPath: path))
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.truncate(atOffset: UInt64(layout.byteCount))
    try file.close()
    let json = try Tool.run("inspect", path, "--json").json()
    #expect(json["format"] as? String == "gguf")
    #expect(json["kind"] as? String == "unet")
    #expect(json["architecture"] as? String == "sdxl")
    #expect(json["layout"] as? String == "ldm")
  }

  @Test(
    "the content hash is that of the same tensors in a safetensors file, and diff finds them equal")
  func sameContent() throws {
    let gguf = try write(tensors, to: "model.gguf")
    let plain = folder.path("model.safetensors")
    try SmallFiles.write(tensors, to: plain)
    let result = try Tool.run("hash", gguf, plain, "--json", "--no-cache")
    let files = try #require(try result.json()["files"] as? [[String: Any]])
    #expect(files[0]["content"] as? String == files[1]["content"] as? String)
    #expect(files[0]["sha256"] as? String == (try InputFile.open(gguf).sha256()))
    // A hash of what follows a safetensors header.
    #expect(files[0]["autov3"] is NSNull && files[0]["data_sha256"] is NSNull)
    #expect(try Tool.run("diff", gguf, plain).status == 0)
  }

  @Test("diff finds another value, in blocks too")
  func difference() throws {
    let first = try write(tensors, to: "first.gguf")
    var changed = tensors
    changed[1] = .init("b.bias", [7], values: [1, 2, 3, 4, 5, 6, 7])
    #expect(try Tool.run("diff", first, write(changed, to: "second.gguf")).status == 1)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Self.fixture("comfy.gguf")))
    let offset = try Checkpoint.open(Self.fixture("comfy.gguf")).tensors[0].offset
    bytes[offset + 100] ^= 1
    try bytes.write(to: URL(fileURLWithPath: folder.path("changed.gguf")))
    let result = try Tool.run("diff", Self.fixture("comfy.gguf"), folder.path("changed.gguf"))
    #expect(result.status == 1)
    #expect(result.output.contains("input_blocks.0.0.weight"))
  }

  @Test("a damaged file gives one line of error; its bytes are hashed all the same")
  func damaged() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.fixture("comfy.gguf")))
    let path = folder.path("cut.gguf")
    try whole.prefix(500).write(to: URL(fileURLWithPath: path))
    for arguments in [["inspect", path], ["diff", path, path], ["hash", path, "--no-cache"]] {
      let result = try Tool.run(arguments)
      #expect(result.status == 65)
      #expect(result.errorLines.count == 1)
      #expect(result.errors.contains("bytes short"))
    }
    #expect(try Tool.run("hash", path, "--no-cache").output.contains("sha256"))
  }

  @Test("blocks are decoded for containers that do not have them")
  func decoding() throws {
    for name in ["out.safetensors", "out.ckpt"] {
      let result = try Tool.run(
        "convert", Self.fixture("comfy.gguf"), "-o", folder.path(name), "--allow-non-finite")
      #expect(result.status == 0, "\(result.errors)")
      let types = try Tool.run("inspect", folder.path(name), "--json").output
      #expect(types.contains("F32") && !types.contains("Q4_0"))
    }
  }
}
