package import WeftTensors

/// How tensors are spread over files of a limited size.
package enum Sharding {
  /// The tensors of each file, in their given order: a file is closed when the next tensor would pass the limit, and a
  /// tensor that is larger than the limit has a file of its own.
  ///
  /// Source: https://github.com/huggingface/huggingface_hub/blob/v0.36.0/src/huggingface_hub/serialization/_base.py
  package static func split(
    _ tensors: [(index: Int, info: TensorInfo)], maximumByteCount: Int
  ) -> [[(index: Int, info: TensorInfo)]] {
    var files: [[(index: Int, info: TensorInfo)]] = []
    var byteCount = 0
    for tensor in tensors {
      let fits = byteCount + tensor.info.byteCount <= maximumByteCount
      if !fits || files.isEmpty {
        files.append([])
        byteCount = 0
      }
      files[files.count - 1].append(tensor)
      byteCount += tensor.info.byteCount
    }
    return files
  }

  /// The files of a stem such as `unet/diffusion_pytorch_model`, and the index when there are several.
  package static func files(
    _ tensors: [(index: Int, info: TensorInfo)], stem: String, maximumByteCount: Int
  ) -> (parts: [TensorFile], index: SmallOutputFile?) {
    let shards = split(tensors, maximumByteCount: maximumByteCount)
    guard shards.count > 1 else {
      return ([TensorFile(name: stem + ".safetensors", tensors: tensors)], nil)
    }
    let parts = shards.enumerated().map { number, shard in
      TensorFile(
        name: "\(stem)-\(padded(number + 1))-of-\(padded(shards.count)).safetensors",
        tensors: shard)
    }
    return (parts, SmallOutputFile(name: stem + ShardIndex.suffix, bytes: indexBytes(parts)))
  }

  /// The index: which plain file name holds which tensor.
  private static func indexBytes(_ parts: [TensorFile]) -> [UInt8] {
    let entries = parts.flatMap { part in
      part.tensors.map { JSONValue.Member($0.info.name, .string(Paths.name(of: part.name))) }
    }
    let total = parts.flatMap(\.tensors).reduce(0) { $0 + $1.info.byteCount }
    let index = JSONValue.object([
      "metadata": .object(["total_size": .integer(total)]),
      "weight_map": .object(entries.sorted { $0.key < $1.key }),
    ])
    return Array((index.prettyText + "\n").utf8)
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
