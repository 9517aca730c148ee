import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("Checkpoints that torch saved")
struct TorchFileTests {
  static let names = [
    "plain.pt", "legacy.pt", "views.pt", "views-legacy.pt", "tied.pt", "parameters.pt",
    "module-state.pt", "module.pt", "lightning.ckpt", "ema.pth", "embedding.pt", "nested.bin",
    "deflated.pt", "wide.pt", "big-endian.pt",
  ]

  @Test("names, types, shapes and values are those that torch reads", arguments: names)
  func sameAsTorch(name: String) throws {
    let expected = try #require(try TorchFixtures.expected()[name])
    let checkpoint = try Checkpoint.open(TorchFixtures.path(name))
    #expect(try TorchFixtures.tensors(of: checkpoint) == expected)
    try checkpoint.checkIntegrity()
  }

  // 7 bytes start and end within elements of every type.
  @Test("pieces of any size give the same bytes", arguments: names, [1, 7, 24])
  func pieces(name: String, byteCount: Int) throws {
    let expected = try #require(try TorchFixtures.expected()[name])
    let checkpoint = try Checkpoint.open(TorchFixtures.path(name))
    #expect(try TorchFixtures.tensors(of: checkpoint, pieceByteCount: byteCount) == expected)
  }

  @Test("the format is told by the content")
  func formats() throws {
    #expect(try Checkpoint.open(TorchFixtures.path("plain.pt")).format == .torchZip)
    #expect(try Checkpoint.open(TorchFixtures.path("legacy.pt")).format == .torchLegacy)
  }

  @Test("fingerprints tell contents apart, not ways of packing")
  func fingerprints() throws {
    let prints = try Self.names.flatMap {
      try Checkpoint.open(TorchFixtures.path($0)).fingerprints
    }
    // deflated.pt has the members of views.pt.
    #expect(Set(prints).count == Self.names.count - 1)
    #expect(try Checkpoint.open(TorchFixtures.path("deflated.pt")).fingerprints == [prints[2]])
  }

  @Test("what a training program put around the tensors is left out and noted")
  func notes() throws {
    let lightning = try Checkpoint.open(TorchFixtures.path("lightning.ckpt")).notes.joined()
    #expect(lightning.contains("'state_dict'"))
    #expect(lightning.contains("optimizer_states"))
    let embedding = try Checkpoint.open(TorchFixtures.path("embedding.pt")).notes.joined()
    #expect(embedding.contains("string_to_token"))
  }

  @Test("tied tensors are listed under both names")
  func tied() throws {
    let checkpoint = try Checkpoint.open(TorchFixtures.path("tied.pt"))
    #expect(checkpoint.tensors.map(\.info.name) == ["a.weight", "b.weight"])
    #expect(try checkpoint.tensors[0].bytes() == checkpoint.tensors[1].bytes())
  }

  @Test("a diffusers component with torch's weights alone is read")
  func component() throws {
    let scratch = try Scratch()
    try scratch.write(#"{"unet":["d","U"]}"#, to: "model_index.json")
    try scratch.write(
      try TorchFixtures.bytes("tied.pt"), to: "unet/diffusion_pytorch_model.bin")
    let checkpoint = try Checkpoint.open(scratch.path)
    #expect(checkpoint.tensors.map(\.info.name) == ["unet/a.weight", "unet/b.weight"])
    #expect(checkpoint.notes.joined().contains("not executed"))
    #expect(checkpoint.integrity.count == 1)
  }

  @Test("the shards of an index of torch's weights are read")
  func shards() throws {
    let scratch = try Scratch()
    try scratch.write(try TorchFixtures.bytes("tied.pt"), to: "one.bin")
    try scratch.write(try TorchFixtures.bytes("ema.pth"), to: "two.bin")
    let map = #"{"weight_map":{"a.weight":"one.bin","b.weight":"one.bin","w":"two.bin"}}"#
    let path = try scratch.write(map, to: "pytorch_model.bin.index.json")
    #expect(
      try Checkpoint.open(path).tensors.map(\.info.name) == ["a.weight", "b.weight", "w"])
  }

  /// The published files, which lie beside the project where they are present.
  static let realFolder = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }.deletingLastPathComponent().appendingPathComponent("shared/data/torch").path

  @Test(
    "published files give the values that torch reads",
    .enabled(if: FileManager.default.fileExists(atPath: realFolder), "the files are not here"))
  func published() throws {
    for (name, expected) in try TorchFixtures.expected("real.json") {
      let checkpoint = try Checkpoint.open(Paths.join(Self.realFolder, name))
      #expect(try TorchFixtures.tensors(of: checkpoint) == expected)
      try checkpoint.checkIntegrity()
    }
  }
}
