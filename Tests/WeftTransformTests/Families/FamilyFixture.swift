import Foundation
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// An adapter of one family with the weights that its library makes, from `scripts/goldens/gen_families.py`.
struct FamilyFixture {
  /// The layers that the adapters change, by the fixtures' names for them.
  static let layers = [
    "linear": "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k",
    "conv1": "down_blocks.0.attentions.0.proj_in",
    "conv3": "down_blocks.0.resnets.0.conv1",
  ]
  static let strengths: [Double] = [-1, 0, 0.5, 1]
  /// Element i · stride mod count is sample i.
  static let stride = 7919

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/families")

  let checkpoint: Checkpoint

  init(_ name: String) throws { checkpoint = try Self.open(name) }

  private static func open(_ name: String) throws -> Checkpoint {
    try Checkpoint.open(folder.appendingPathComponent("\(name).safetensors").path)
  }

  /// The samples of a layer's changed weight, in float64.
  func expected(_ layer: String, _ strength: Double) throws -> [Double]? {
    try checkpoint["expected.\(layer).\(Self.text(strength))"]?.float64()
  }

  private static func text(_ strength: Double) -> String {
    strength == strength.rounded() ? String(Int(strength)) : String(strength)
  }

  /// Writes the adapter alone, with the types that the fixture has.
  func writeAdapter(in workshop: Workshop, named name: String = "family") throws -> String {
    let path = workshop.path("\(name).safetensors")
    try HashedFile.write(
      try checkpoint.tensors.filter { $0.info.name.hasPrefix("adapter.") }.map { tensor in
        try HashedFile.Tensor(
          String(tensor.info.name.dropFirst("adapter.".count)), tensor.info.shape,
          tensor.info.dtype, bytes: tensor.bytes())
      }, to: path, options: Workshop.options)
    return path
  }

  /// Writes the workshop's UNet with the fixtures' weights in the layers that they change.
  static func writeBase(in workshop: Workshop, _ dtype: DType) throws -> String {
    let own = try open("base")
    let path = workshop.path("base-\(dtype.rawValue).safetensors")
    try HashedFile.write(
      try workshop.tensors.map { tensor in
        guard let fixed = own[tensor.name.path] else {
          return try HashedFile.Tensor(
            tensor.name.path, tensor.shape, dtype, tag: "sd15_unet", seed: tensor.name.path)
        }
        let bytes = try fixed.doubles().flatMap { Self.bytes($0, dtype) }
        return try HashedFile.Tensor(tensor.name.path, tensor.shape, dtype, bytes: bytes)
      }, to: path, options: Workshop.options)
    return path
  }

  /// A value that every type holds exactly.
  private static func bytes(_ value: Double, _ dtype: DType) -> [UInt8] {
    switch dtype {
    case .f16: withUnsafeBytes(of: Float16(value).bitPattern.littleEndian, Array.init)
    case .bf16:
      withUnsafeBytes(of: UInt16(Float(value).bitPattern >> 16).littleEndian, Array.init)
    default: withUnsafeBytes(of: Float(value).bitPattern.littleEndian, Array.init)
    }
  }
}

extension Checkpoint.Tensor {
  /// The values of an F64 tensor.
  func float64() throws -> [Double] {
    let bytes = try self.bytes()
    return (0..<info.elementCount).map { index in
      Double(
        bitPattern: bytes[index * 8..<(index + 1) * 8].reversed().reduce(0) {
          $0 << 8 | UInt64($1)
        })
    }
  }
}

/// The distance of two neighbouring values of a type at a value.
func unit(_ value: Double, _ dtype: DType) -> Double {
  switch dtype {
  case .f16: Double(Float16(value).ulp)
  case .bf16: Double(Float(value).ulp) * 65536
  default: Double(Float(value).ulp)
  }
}
