import WeftFiles
import WeftTensors

/// Plain safetensors files.
struct SafetensorsTarget: FuzzTarget {
  let name = "safetensors"

  func seeds() throws -> [[UInt8]] { try SafetensorsSeeds.files() }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard var file = SafetensorsImage(bytes) else {
      return ByteMutation.mutate(&bytes, &random)
    }
    file.mutate(&random)
    bytes = file.bytes(isLengthRight: !random.isOne(in: 16))
  }

  func check(_ bytes: [UInt8], _ result: Result<Checkpoint, any Error>) throws {
    switch result {
    case .success(let checkpoint) where checkpoint.format == .safetensors:
      try SafetensorsRules.compare(checkpoint, with: bytes)
      try Rewriting.check(checkpoint)
    case .failure(let error as SafetensorsError):
      try SafetensorsRules.compare(error, with: bytes)
    default: break
    }
  }
}

/// Valid files of every type, of strange names and shapes, and of none.
enum SafetensorsSeeds {
  static func files() throws -> [[UInt8]] {
    let types = DType.safetensorsTypes.map { ($0.rawValue, $0, [2, 4]) }
    return [
      try file([]),
      try file([("a", .f32, [2, 2])], metadata: ["format": "pt"]),
      try file(types),
      try file([("", .u8, []), ("\u{0}\"\\\n\u{1F600}", .i64, [1]), ("e", .f16, [0, 3])]),
      try file(
        [("lora_unet_mid_block_attentions_0_proj_in.lora_up.weight", .f16, [4, 1, 1, 1])],
        metadata: ["ss_network_dim": "1", "b": "\u{7}", "c": ""]),
      try file((0..<24).map { ("tensor.\($0)", .bf16, [$0 % 3, 2]) }),
    ]
  }

  static func file(
    _ tensors: [(name: String, dtype: DType, shape: [Int])], metadata: [String: String] = [:]
  ) throws -> [UInt8] {
    let infos = tensors.compactMap {
      TensorInfo(name: $0.name, dtype: $0.dtype, shape: Shape($0.shape))
    }
    let layout = try SafetensorsLayout(tensors: infos, metadata: metadata, path: "")
    let count = layout.byteCount - layout.headerBytes.count
    return layout.headerBytes + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
  }
}
