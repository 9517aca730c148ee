import Foundation
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform
import WeftVerify

/// Small models with one fault each, and what they should be.
final class PlantedFault {
  let library: FormatLibrary
  private let folder: URL

  private static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  init() throws {
    library = try FormatLibrary.embedded()
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  // MARK: Models

  /// The small UNets of the goldens.
  private static let dimensions: [String: Dimensions] = [
    "sd15": ["channels": .list([32, 64, 96, 96]), "context": .integer(64)],
    "sdxl": [
      "channels": .list([32, 64, 96]), "context": .integer(160), "added": .integer(192),
      "depth": .list([0, 2, 3]), "mid_depth": .integer(3), "up_depth": .list([3, 2, 0]),
    ],
  ]

  /// A UNet under the names of diffusers; `changed` has other values for some of its tensors.
  func unet(
    _ architecture: String, _ dtype: DType = .f32, named name: String = "unet",
    changed: [String: (Shape) throws -> HashedFile.Tensor] = [:]
  ) throws -> String {
    let found = try library.architecture(architecture)?.expanded(
      ["unet": Self.dimensions[architecture] ?? [:]], only: "unet")
    return try write(
      try (found ?? []).map { tensor in
        let path = tensor.name.path
        return try changed[path]?(tensor.shape)
          ?? HashedFile.Tensor(path, tensor.shape, dtype, tag: "\(architecture)_unet", seed: path)
      }, name)
  }

  /// OpenCLIP's encoder with few layers; the values of the projection may be the transpose.
  func textEncoder(transposesProjection: Bool) throws -> String {
    let numbers: Dimensions = [
      "width": .integer(96), "mlp": .integer(384), "layers": .integer(4),
      "projection": .integer(96), "vocabulary": .integer(512),
    ]
    let found = try library.architecture("sdxl")?.expanded(
      ["text_encoder_2": numbers], only: "text_encoder_2")
    let tensors = try (found ?? []).map { tensor in
      let path = tensor.name.path
      let made = try HashedFile.Tensor(path, tensor.shape, .f32, tag: "clip_g", seed: path)
      guard path == "text_projection.weight", transposesProjection else { return made }
      let bytes = try self.values(of: made)
      let columns = (0..<96 * 96).flatMap { index in
        let place = (index % 96 * 96 + index / 96) * 4
        return bytes[place..<place + 4]
      }
      return try HashedFile.Tensor(path, tensor.shape, .f32, bytes: columns)
    }
    return try write(tensors, "encoder-\(transposesProjection)")
  }

  /// A small vision encoder for pictures of 4 by 4 patches.
  func visionEncoder() throws -> String {
    let numbers: Dimensions = [
      "width": .integer(64), "mlp": .integer(256), "layers": .integer(2), "patch": .integer(14),
      "positions": .integer(17), "projection": .integer(48),
    ]
    let found = try library.architecture("sd15")?.expanded(
      ["image_encoder": numbers], only: "image_encoder")
    return try write(
      try (found ?? []).map { tensor in
        let path = tensor.name.path
        return try HashedFile.Tensor(path, tensor.shape, .f32, tag: "vit", seed: path)
      }, "vision")
  }

  /// A model in a narrower type, whatever becomes of its values.
  func converted(_ path: String, to dtype: DType) throws -> String {
    var recipe = ConvertRecipe(inputPath: path)
    recipe.output.dtype = dtype
    var options = RunOptions(threads: 1)
    options.allowsNonFinite = true
    let output = folder.appending(path: "narrow.safetensors").path
    _ = try ConvertPlanner.plan(recipe, library: library, threads: 1).runner(options: options)
      .run(path: output, inputs: []) { _ in }
    return output
  }

  /// The golden's ResAdapter without the modules whose names hold a text.
  func adapter(_ architecture: String, without part: String) throws -> String {
    let whole = try Checkpoint.open(Self.lora(architecture))
    let kept = whole.tensors.filter { !$0.info.name.contains(part) }
    return try write(
      try kept.map { tensor in
        let buffer = ByteBuffer(byteCount: tensor.info.byteCount)
        try tensor.read(at: 0, into: buffer.all)
        return try HashedFile.Tensor(
          tensor.info.name, tensor.info.shape, tensor.info.dtype, bytes: buffer.all.array)
      }, "adapter")
  }

  /// The two halves of the golden's ResAdapter.
  static func lora(_ architecture: String) -> String {
    fixtures.appending(path: "resadapter_\(architecture)_unet.lora.safetensors").path
  }
  static func norm(_ architecture: String) -> String {
    fixtures.appending(path: "resadapter_\(architecture)_unet.norm.safetensors").path
  }

  /// A model with adapters computed beside its layers.
  func adapted(_ base: String, _ adapters: [String]) throws -> AdaptedModel {
    try AdaptedModel.open(
      FuseRecipe(basePath: base, adapters: try adapters.map { try AdapterRequest(argument: $0) }),
      library: library)
  }

  /// A model as it is.
  func plain(_ path: String) throws -> AdaptedModel {
    AdaptedModel(try BaseModel.openAnything(path, library: library))
  }

  /// A model quantised to 16 bits, but for what a rule says.
  func quantized(_ path: String, rule: QuantizationRecipe.Rule) throws -> String {
    var recipe = ConvertRecipe(inputPath: path)
    var quantization = QuantizationRecipe(type: "f16")
    quantization.rules = [rule]
    recipe.output.quantization = quantization
    let plan = try ConvertPlanner.plan(recipe, library: library, threads: 1)
    let output = folder.appending(path: "quantized.safetensors").path
    _ = try plan.runner(options: RunOptions(threads: 1)).run(path: output, inputs: []) { _ in }
    return output
  }

  /// A model with adapters fused.
  func fused(_ base: String, _ adapters: [String]) throws -> String {
    let recipe = FuseRecipe(
      basePath: base, adapters: try adapters.map { try AdapterRequest(argument: $0) })
    let output = folder.appending(path: "fused.safetensors").path
    _ = try FusePlanner.plan(recipe, library: library, threads: 1).model
      .runner(options: RunOptions(threads: 1)).run(path: output, inputs: []) { _ in }
    return output
  }

  // MARK: Answers

  /// How a candidate computes beside a reference.
  func compare(
    _ candidate: AdaptedModel, _ reference: AdaptedModel
  ) throws -> ForwardReport.Component {
    let report = try ForwardProver(
      candidate, reference: reference, library: library,
      backend: try ReferenceBackend(threads: 2),
      reader: ValueReader(threads: 2, allowsNonFinite: true), options: ForwardProver.Options()
    ).prove { _, _ in }
    return report.components[0]
  }

  private func write(_ tensors: [HashedFile.Tensor], _ name: String) throws -> String {
    let path = folder.appending(path: "\(name).safetensors").path
    try HashedFile.write(tensors, to: path, options: RunOptions(threads: 1))
    return path
  }

  private func values(of tensor: HashedFile.Tensor) throws -> [UInt8] {
    let path = try write([tensor], "alone")
    let stored = try Checkpoint.open(path).tensors[0]
    let buffer = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: buffer.all)
    return buffer.all.array
  }
}
