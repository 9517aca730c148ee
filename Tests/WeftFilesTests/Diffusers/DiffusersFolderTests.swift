import Testing
import WeftFiles
import WeftTensors

@Suite("DiffusersFolder")
struct DiffusersFolderTests {
  static let fullIndex =
    #"{"_class_name":"P","unet":["diffusers","U"],"text":["transformers","T"],"#
    + #""safety":[null,null],"flag":true,"scheduler":["diffusers","S"]}"#

  @Test("components are joined, with the variant alone where there are no plain weights")
  func components() throws {
    let scratch = try Self.folder(Self.fullIndex)
    try scratch.write("{}", to: "scheduler/config.json")
    try scratch.write(safetensors(names: ["a"]), to: "unet/diffusion_pytorch_model.safetensors")
    try scratch.write(
      safetensors(names: ["x"]), to: "unet/diffusion_pytorch_model.fp16.safetensors")
    try scratch.write(safetensors(names: ["b"]), to: "text/model.fp16.safetensors")
    let checkpoint = try Checkpoint.open(scratch.path)
    #expect(checkpoint.format == .diffusers)
    #expect(checkpoint.tensors.map(\.info.name) == ["unet/a", "text/b"])
    #expect(checkpoint.notes == ["text: variant fp16"])
  }

  @Test(
    "the shards of a component are read, of the plain weights or of the only variant",
    arguments: [
      "model.safetensors.index.json", "model.safetensors.index.fp16.json",
      "diffusion_pytorch_model.safetensors.index.fp16.json",
    ])
  func shards(name: String) throws {
    let scratch = try Self.folder(#"{"unet":["diffusers","U"]}"#)
    try scratch.write(safetensors(names: ["a"]), to: "unet/model.fp16-00001-of-00002.safetensors")
    try scratch.write(safetensors(names: ["b"]), to: "unet/model.fp16-00002-of-00002.safetensors")
    let map = (1...2).map {
      "\"\($0 == 1 ? "a" : "b")\":\"model.fp16-0000\($0)-of-00002.safetensors\""
    }
    try scratch.write("{\"weight_map\":{\(map.joined(separator: ","))}}", to: "unet/" + name)
    #expect(try Checkpoint.open(scratch.path).tensors.map(\.info.name) == ["unet/a", "unet/b"])
  }

  @Test(
    "a component's folder alone is read without a prefix",
    arguments: ["diffusion_pytorch_model.safetensors", "model.safetensors", "model.x.safetensors"])
  func componentAlone(name: String) throws {
    let scratch = try Scratch()
    try scratch.write(safetensors(names: ["a"]), to: name)
    #expect(try Checkpoint.open(scratch.path).tensors.map(\.info.name) == ["a"])
  }

  static let incomplete: [(String, [String], DiffusersError.Problem)] = [
    (#"{"unet":["d","U"]}"#, [], .missingComponent("unet")),
    (#"{"unet":["d","U"]}"#, ["unet/config.json"], .noWeights),
    (#"{"unet":[null,null]}"#, ["unet/model.safetensors"], .noWeights),
    ("{}", [], .noWeights),
    ("[]", [], .notAModel),
    (#"{"a/b":["d","U"]}"#, ["a/b/model.safetensors"], .componentOutside("a/b")),
    (#"{"..":["d","U"]}"#, [], .componentOutside("..")),
    (#"{".":["d","U"]}"#, ["model.safetensors"], .componentOutside(".")),
    (#"{"":["d","U"]}"#, ["model.safetensors"], .componentOutside("")),
    (#"{"unet\u0000":["d","U"]}"#, ["unet/model.safetensors"], .componentOutside("unet\0")),
    (
      #"{"../\u0301x":["d","U"]}"#, [], .componentOutside("../\u{301}x")
    ),
    (
      #"{"unet":["d","U"]}"#, ["unet/model.fp16.safetensors", "unet/model.ema.safetensors"],
      .severalVariants("ema, fp16")
    ),
    (
      #"{"unet":["d","U"]}"#, ["unet/diffusion_pytorch_model.fp16.bin"],
      .onlyPickled("diffusion_pytorch_model.fp16.bin")
    ),
  ]

  @Test("a folder that is not a complete model is refused", arguments: incomplete)
  func invalid(index: String, files: [String], problem: DiffusersError.Problem) throws {
    let scratch = try Self.folder(index)
    for file in files { try scratch.write(safetensors(names: ["a"]), to: file) }
    let error = #expect(throws: DiffusersError.self) { try Checkpoint.open(scratch.path) }
    #expect(error?.problem == problem)
  }

  @Test(
    "an index that is not JSON is refused as malformed", arguments: ["", "{", "{\"a\":1,\"a\":2}"])
  func malformed(index: String) throws {
    let scratch = try Self.folder(index)
    let error = #expect(throws: JSONFileError.self) { try Checkpoint.open(scratch.path) }
    #expect(error?.status == .badData)
  }

  @Test("an index too large for one is refused unread")
  func largeIndex() throws {
    let scratch = try Self.folder(String(repeating: " ", count: 1 << 20 + 1))
    #expect(throws: JSONFileError.self) { try Checkpoint.open(scratch.path) }
  }

  @Test("a folder without a model is refused as such")
  func noModel() throws {
    let scratch = try Scratch()
    let error = #expect(throws: DiffusersError.self) { try Checkpoint.open(scratch.path) }
    #expect(error?.status == .noInput)
  }

  private static func folder(_ index: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(index, to: "model_index.json")
    return scratch
  }
}
