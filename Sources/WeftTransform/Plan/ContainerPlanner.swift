import WeftFiles
import WeftFormats
import WeftTensors

/// Decides the files of an output and where each tensor is in them.
struct ContainerPlanner {
  let choice: OutputRecipe
  let base: BaseModel
  let output: OutputPlanner.Result
  let metadata: [String: String]
  let library: FormatLibrary

  private static let usualStem = "diffusion_pytorch_model"

  func plan() throws -> OutputLayout {
    let infos = output.tensors.map(\.info)
    switch choice.format {
    case .diffusers: return try folder(infos)
    case .torchZip:
      // Whole models are kept under `state_dict`, everything else as it is.
      return try .torch(
        infos, metadata: metadata, isWrapped: base.recognition.kind == .checkpoint)
    case .safetensorsZst, .safetensorsWz:
      return try .safetensors(
        infos, metadata: metadata, path: base.checkpoint.path, in: choice.format)
    case .gguf: return try gguf(infos)
    default: return try file(infos)
    }
  }

  /// A GGUF file, with what its readers ask for.
  private func gguf(_ infos: [TensorInfo]) throws -> OutputLayout {
    let header = GGUFHeaderPlan(
      policy: try library.policy(of: choice.quantization, container: .gguf), base: base,
      output: output, storedShapes: storedShapes(infos), texts: metadata, library: library)
    return try .gguf(
      tensors: infos, storedShapes: storedShapes(infos),
      metadata: header.metadata, path: base.checkpoint.path)
  }

  /// The shapes in which GGUF stores tensors: blocks that were read from rows that are none keep such rows.
  private func storedShapes(_ infos: [TensorInfo]) -> [Shape] {
    output.storedShapes
      ?? infos.map { info in
        let length = info.dtype.blockElementCount
        guard length > 1, (info.shape.dimensions.last ?? 1) % length != 0 else { return info.shape }
        let row = info.elementCount % Self.reshapedRow == 0 ? Self.reshapedRow : length
        return [info.elementCount / row, row]
      }
  }

  /// The rows of tensors that ComfyUI-GGUF's tools reshape.
  private static let reshapedRow = 256

  /// One safetensors file, or shards when it is over the size that was asked for.
  private func file(_ infos: [TensorInfo]) throws -> OutputLayout {
    let size = infos.reduce(0) { $0 + $1.byteCount }
    guard let limit = choice.maximumShardByteCount, size > limit else {
      return try .safetensors(infos, metadata: metadata, path: base.checkpoint.path)
    }
    let (parts, index) = Sharding.files(
      Array(infos.enumerated().map { ($0, $1) }), stem: choice.stem, maximumByteCount: limit)
    return try .files(
      parts, small: index.map { [$0] } ?? [], metadata: metadata, arrangement: .siblings,
      format: .safetensors, path: base.checkpoint.path)
  }

  /// A diffusers folder: each component's weights, its configuration, and what came along.
  private func folder(_ infos: [TensorInfo]) throws -> OutputLayout {
    var parts: [TensorFile] = []
    var small: [SmallOutputFile] = []
    let limit = choice.maximumShardByteCount ?? DiffusersFolder.usualShardByteCount
    for (component, tensors) in groups(infos) {
      let stem =
        library.weightFiles(of: component ?? base.soleComponent ?? "")?.stem ?? Self.usualStem
      let (files, index) = Sharding.files(
        tensors, stem: component.map { "\($0)/\(stem)" } ?? stem, maximumByteCount: limit)
      parts +=
        component == DiffusersFolder.extrasComponent
        ? [TensorFile(name: DiffusersFolder.extrasName, tensors: tensors)] : files
      small += index.map { [$0] } ?? []
    }
    small += try companions.files()
    return try .files(
      parts, small: small, metadata: metadata, arrangement: .folder, format: .diffusers,
      path: base.checkpoint.path)
  }

  /// What the user should know of the files.
  func notes() throws -> [String] {
    if choice.format == .gguf { return try namesThatAreTooLong() }
    guard choice.format == .diffusers else { return [] }
    return try companions.note().map { [$0] } ?? []
  }

  /// What programs that cut names short would make of them.
  private func namesThatAreTooLong() throws -> [String] {
    let policy = try library.policy(of: choice.quantization, container: .gguf)
    guard let limit = policy.longestName else { return [] }
    let long = output.tensors.map(\.info.name).filter { $0.utf8.count > limit }
    guard let first = long.first else { return [] }
    return [
      "\(long.count) names are longer than the \(limit) bytes that readers of '\(policy.id)' take, such as \(first)"
    ]
  }

  private var companions: FolderCompanions {
    FolderCompanions(base: base, infos: output.tensors.map(\.info), library: library)
  }

  /// The tensors of each component, under their names in it; one component alone has no name.
  private func groups(
    _ infos: [TensorInfo]
  ) -> [(component: String?, tensors: [(index: Int, info: TensorInfo)])] {
    var order: [String?] = []
    var groups: [String?: [(index: Int, info: TensorInfo)]] = [:]
    for (index, info) in infos.enumerated() {
      let (component, name) = DiffusersFolder.split(info.name)
      if groups[component] == nil { order.append(component) }
      groups[component, default: []].append((index, info.renamed(name)))
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
