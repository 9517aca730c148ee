import Foundation
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// A temporary folder with a small UNet of Stable Diffusion 1.x in it.
final class Workshop {
  let url: URL
  let library: FormatLibrary
  let tensors: [SchemaTensor]

  /// The widths of the goldens' `sd15_unet`.
  static let dimensions: Dimensions = [
    "channels": .list([32, 64, 96, 96]), "context": .integer(64),
  ]

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    library = try FormatLibrary.embedded()
    let architecture = library.architecture("sd15")
    tensors =
      try architecture?.expanded(["unet": Self.dimensions])
      .filter { $0.name.component == "unet" } ?? []
  }

  /// Temporary files need not survive a crash.
  static var options: RunOptions {
    var options = RunOptions(threads: 2)
    options.syncs = false
    return options
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes the UNet alone, with diffusers' names and the goldens' weights.
  func writeBase(_ dtype: DType) throws -> String {
    let path = path("base-\(dtype.rawValue).safetensors")
    try HashedFile.write(
      try tensors.map {
        try HashedFile.Tensor(
          $0.name.path, $0.shape, dtype, tag: "sd15_unet", seed: $0.name.path)
      }, to: path, options: Workshop.options)
    return path
  }

  /// Writes a model of the UNet's shapes whose values follow from the name.
  func writeModel(_ name: String, _ dtype: DType) throws -> String {
    let path = path("\(name).safetensors")
    try HashedFile.write(
      try tensors.map {
        try HashedFile.Tensor($0.name.path, $0.shape, dtype, tag: name, seed: $0.name.path)
      }, to: path, options: RunOptions(threads: 2))
    return path
  }

  /// Writes an adapter of F32 tensors with the given values.
  func writeAdapter(_ tensors: [(String, [Int], [Float])]) throws -> String {
    let path = path("adapter-\(UUID().uuidString).safetensors")
    try HashedFile.write(
      try tensors.map { name, shape, values in
        try HashedFile.Tensor(name, Shape(shape), .f32, bytes: values.flatMap(Self.bytes))
      }, to: path, options: Workshop.options)
    return path
  }

  /// Fuses and opens the result.
  func fuse(_ recipe: FuseRecipe, threads: Int = 2) throws -> Checkpoint {
    let output = path("fused-\(UUID().uuidString).safetensors")
    let plan = try FusePlanner.plan(recipe, library: library, threads: threads)
    var options = RunOptions(threads: threads)
    options.syncs = false
    _ = try plan.model.runner(options: options).run(
      path: output, inputs: plan.model.inputFiles
    ) { _ in }
    return try Checkpoint.open(output)
  }

  /// Values between -1 and 1 that follow no simple pattern.
  static func values(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map {
      Float((($0 + 11) * (2 * seed + 7) * 2_654_435_761 >> 7) % 2001 - 1000) / 1000
    }
  }

  private static func bytes(_ value: Float) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
  }
}

extension Checkpoint.Tensor {
  /// The values of a float tensor.
  func doubles() throws -> [Double] {
    let bytes = try self.bytes()
    func bits<Value: FixedWidthInteger>(_ index: Int, _: Value.Type) -> Value {
      let width = Value.bitWidth / 8
      return bytes[index * width..<(index + 1) * width].reversed()
        .reduce(0) { $0 << 8 | Value($1) }
    }
    return (0..<info.elementCount).map { index in
      switch info.dtype {
      case .f16: Double(Float16(bitPattern: bits(index, UInt16.self)))
      case .bf16: Double(Float(bitPattern: UInt32(bits(index, UInt16.self)) << 16))
      default: Double(Float(bitPattern: bits(index, UInt32.self)))
      }
    }
  }
}

/// A value as a type holds it after one rounding to nearest, ties to even.
func rounded(_ value: Double, to dtype: DType) -> Double {
  switch dtype {
  case .f16: return Double(Float16(value))
  case .bf16:
    // Halfway between neighbours decides; Float(value) would be a first rounding, so compare in Double.
    let below = Double(Float(bitPattern: Float(value).bitPattern & 0xFFFF_0000))
    let step = value < 0 ? -1 : 1
    let candidates = [-1, 0, 1, 2].map { offset -> UInt32 in
      UInt32(truncatingIfNeeded: Int(Float(below).bitPattern >> 16) + offset * abs(step))
    }
    return candidates.map { ($0, Double(Float(bitPattern: $0 << 16))) }
      .min { one, other in
        let (a, b) = (abs(one.1 - value), abs(other.1 - value))
        return a != b ? a < b : one.0 % 2 < other.0 % 2
      }.map(\.1) ?? .nan
  default: return Double(Float(value))
  }
}
