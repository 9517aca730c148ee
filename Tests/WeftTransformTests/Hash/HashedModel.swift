import Testing
import WeftKernels
import WeftTensors

/// A model of hashed weights for the tests of hashes, in any order of tensors.
struct HashedModel {
  /// A tensor of whole blocks of SHA-256, one that spans blocks of reading, small and empty ones, odd names.
  static let tensors: [(name: String, shape: Shape, dtype: DType)] = [
    ("blocks.0.weight", [2600, 2048], .f32), ("blocks.1.weight", [64, 32], .f16),
    ("blocks.1.bias", [31], .bf16), ("empty", [0, 4], .f32), ("scalar", [], .f32),
    ("näme\nwith a line feed", [5], .f16), ("blocks.2.weight", [513, 511], .f16),
  ]

  /// The bytes of a tensor.
  static func bytes(_ tensor: (name: String, shape: Shape, dtype: DType)) throws -> [UInt8] {
    let info = try #require(
      TensorInfo(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape))
    let buffer = ByteBuffer(byteCount: info.byteCount)
    HashWeights(
      tag: "hashes", name: tensor.name, kind: .init(name: tensor.name, shape: tensor.shape)
    )
    .write(0..<info.elementCount, into: buffer.all, tensor.dtype)
    return buffer.all.array
  }

  /// A safetensors file of the tensors in the order of their data.
  static func safetensors(
    _ tensors: [(name: String, shape: Shape, dtype: DType)] = tensors, metadata: String = ""
  ) throws -> [UInt8] {
    var entries = metadata.isEmpty ? [] : ["\"__metadata__\":\(metadata)"]
    var data: [UInt8] = []
    for tensor in tensors {
      let bytes = try bytes(tensor)
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      let name = JSONValue.string(tensor.name).compactText
      entries.append(
        "\(name):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(data.count),\(data.count + bytes.count)]}")
      data += bytes
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}
