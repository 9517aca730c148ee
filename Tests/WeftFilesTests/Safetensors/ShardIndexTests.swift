import Testing
import WeftFiles
import WeftTensors

@Suite("ShardIndex")
struct ShardIndexTests {
  static let name = "model.safetensors.index.json"

  @Test("the tensors of all shards make one checkpoint")
  func shards() throws {
    let scratch = try Self.folder(
      #"{"metadata":{"total_size":3},"weight_map":{"a":"1","c":"2","b":"1"}}"#)
    let checkpoint = try Checkpoint.open(scratch[Self.name])
    #expect(checkpoint.tensors.map(\.info.name) == ["a", "b", "c"])
    #expect(checkpoint.files.map(\.path) == [scratch["1"], scratch["2"]])
    #expect(try checkpoint["b"]?.bytes() == [1])
  }

  static let contradictions: [(String, ShardError.Problem)] = [
    (#"{"weight_map":{"a":"1"}}"#, .notInIndex(tensor: "b", shard: "1")),
    (#"{"weight_map":{"a":"1","b":"1","x":"1"}}"#, .notInShard(tensor: "x", shard: "1")),
    // "c" is in two shards, and a map can name only one of them.
    (#"{"weight_map":{"a":"1","b":"1","c":"3"}}"#, .notInIndex(tensor: "b", shard: "3")),
    (#"{"weight_map":{"a":"../1"}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":".."}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":"."}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":""}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":"/etc/passwd"}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":"..\/1"}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":"../\u0301x"}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":"1\u0000"}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":{"a":1}}"#, .shardOutside(tensor: "a")),
    (#"{"weight_map":["1"]}"#, .noWeightMap),
    (#"{"weight_map":null}"#, .noWeightMap),
    ("{}", .noWeightMap),
  ]

  @Test("an index that does not agree with its shards is refused", arguments: contradictions)
  func contradiction(index: String, problem: ShardError.Problem) throws {
    let scratch = try Self.folder(index)
    let error = #expect(throws: ShardError.self) { try Checkpoint.open(scratch[Self.name]) }
    #expect(error?.problem == problem)
    #expect(error?.path == scratch[Self.name])
    #expect(error?.status == .badData)
  }

  @Test("a shard that is missing is named")
  func missingShard() throws {
    let scratch = try Self.folder(#"{"weight_map":{"a":"9"}}"#)
    let error = #expect(throws: FileError.self) { try Checkpoint.open(scratch[Self.name]) }
    #expect(error?.reason == .missing)
    #expect(error?.path == scratch["9"])
  }

  @Test("a shard that was not fetched is recognised")
  func gitPointer() throws {
    let scratch = try Self.folder(#"{"weight_map":{"a":"9"}}"#)
    try scratch.write("version https://git-lfs.github.com/spec/v1\noid x\n", to: "9")
    let error = actionableError { try Checkpoint.open(scratch[Self.name]) }
    #expect(error?.what == "this is a git-lfs pointer, not a model that weft reads")
    #expect(error?.place == scratch["9"])
  }

  @Test(
    "an index that is not the JSON it must be is refused",
    arguments: [
      "", "[]", #"{"weight_map":{"a":"1","a":"2"}}"#, "{",
      #"{"weight_map":{},"weight_map":{}}"#,
    ])
  func malformed(index: String) throws {
    let scratch = try Self.folder(index)
    let error = #expect(throws: JSONFileError.self) { try Checkpoint.open(scratch[Self.name]) }
    #expect(error?.status == .badData)
  }

  @Test("an index is known by its name, with or without a variant")
  func names() {
    #expect(ShardIndex.isIndex("model.safetensors.index.json"))
    #expect(ShardIndex.isIndex("diffusion_pytorch_model.safetensors.index.fp16.json"))
    #expect(!ShardIndex.isIndex("model.safetensors"))
    #expect(!ShardIndex.isIndex("config.json"))
  }

  private static func folder(_ index: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(safetensors(names: ["a", "b"]), to: "1")
    try scratch.write(safetensors(names: ["c"]), to: "2")
    try scratch.write(safetensors(names: ["b", "c"]), to: "3")
    try scratch.write(index, to: name)
    return scratch
  }
}
