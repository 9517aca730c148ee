import Foundation
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTestSupport
import WeftTensors
import WeftTransform

/// A temporary folder with small models of the goldens' weights.
final class ModelFolder {
  let url: URL
  let library: FormatLibrary
  let reader = ValueReader(threads: 2)

  private static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    library = try FormatLibrary.embedded()
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  static func fixture(_ name: String) -> String { fixtures.appending(path: name).path }

  /// Temporary files need not survive a crash.
  private static var options: RunOptions {
    var options = RunOptions(threads: 2)
    options.syncs = false
    return options
  }

  func write(_ tensors: [HashedFile.Tensor], _ name: String) throws -> String {
    try HashedFile.write(tensors, to: path(name), options: Self.options)
    return path(name)
  }

  /// The weights of a source under their own names, but those that are left out.
  func write(
    _ source: HashSource, _ dtype: DType = .f32, named name: String = "model.safetensors",
    without: Set<String> = []
  ) throws -> String {
    try write(
      try source.shapes.filter { !without.contains($0.key) }.sorted { $0.key < $1.key }.map {
        try HashedFile.Tensor($0.key, $0.value, dtype, tag: source.tag, seed: $0.key)
      }, name)
  }

  /// The micro checkpoint of the goldens, in the LDM layout.
  func writeMicro() throws -> String {
    let file = try readJSON(Self.fixture("micro_sd15.json"))
    let rows = file["rows"]?.elements?.compactMap(\.text).map { $0.split(separator: "|") } ?? []
    let infos = rows.compactMap { row in
      TensorInfo(
        name: String(row[0]), dtype: DType(rawValue: String(row[1])) ?? .f16,
        shape: Shape((row.count > 2 ? row[2].split(separator: "x") : []).compactMap { Int($0) }))
    }
    let bindings = try library.recognize(infos).bindings
    let tags = ["unet": "micro_unet", "vae": "micro_vae", "text_encoder": "micro_clip"]
    return try write(
      try zip(infos, bindings).map { info, binding in
        guard case .model(let slices) = binding, let name = slices.first?.name,
          let tag = tags[name.component]
        else {
          return try HashedFile.Tensor(
            info.name, info.shape, info.dtype,
            bytes: [UInt8](repeating: 0, count: info.byteCount))
        }
        return try HashedFile.Tensor(
          info.name, info.shape, info.dtype, tag: tag, seed: name.path)
      }, "micro.safetensors")
  }

  /// A model in another form.
  func convert(_ path: String, to name: String, _ change: (inout OutputRecipe) -> Void) throws
    -> String
  {
    var recipe = ConvertRecipe(inputPath: path)
    change(&recipe.output)
    let plan = try ConvertPlanner.plan(recipe, library: library, threads: 2)
    return try run(plan, to: name)
  }

  /// The fused model, in float32.
  func fuse(_ recipe: FuseRecipe, to name: String = "fused.safetensors") throws -> String {
    try run(try FusePlanner.plan(recipe, library: library, threads: 2).model, to: name)
  }

  private func run(_ plan: ModelPlan, to name: String) throws -> String {
    _ = try plan.runner(options: Self.options).run(
      path: path(name), inputs: plan.inputFiles
    ) { _ in }
    return path(name)
  }

  /// A UNet with what adapters compute beside it.
  func network(
    _ tiny: TinyUNet, _ model: AdaptedModel, _ backend: any Backend
  ) throws -> UNet {
    try UNet(
      try ModelWeights(model, component: "unet", reader: reader), tiny.configuration, backend)
  }

  /// A UNet of a file.
  func network(_ tiny: TinyUNet, _ path: String, _ backend: any Backend) throws -> UNet {
    try network(
      tiny, AdaptedModel(try BaseModel.openAnything(path, library: library)), backend)
  }
}
