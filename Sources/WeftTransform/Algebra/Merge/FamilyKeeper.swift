import WeftFiles
import WeftFormats
import WeftTensors

/// Tells the modules that are written anew from those that keep their family and only get other names.
struct FamilyKeeper {
  let resolver: ModuleResolver
  /// Whether families are kept at all.
  let isWanted: Bool

  /// The families whose modules are sums of what their tensors hold, so that writing them anew loses nothing.
  private static let simple: Set<String> = ["lora", "lora-diff-b", "full", "norm", "resadapter"]

  private func isRenamed(_ module: AdapterModule) -> Bool {
    isWanted && !Self.simple.contains(module.family.id)
  }

  /// An adapter with the modules alone that are written anew.
  func computed(_ source: AdapterSource) -> AdapterSource {
    guard isWanted else { return source }
    return AdapterSource(
      request: source.request,
      parts: source.parts.map { part in
        AdapterSource.Part(
          checkpoint: part.checkpoint, reading: part.reading.keeping { !isRenamed($0) },
          configs: part.configs)
      })
  }

  /// The tensors of the other modules, as they are.
  func renamed(_ source: AdapterSource) throws -> [ComposedTensor] {
    try source.parts.flatMap { part in
      try part.reading.modules.filter(isRenamed).flatMap { module in
        try tensors(of: module, part)
      }
    }
  }

  private func tensors(
    of module: AdapterModule, _ part: AdapterSource.Part
  ) throws -> [ComposedTensor] {
    guard case .module(let target, _) = resolver.aliases.resolve(module.stem) else {
      throw TransformError.refused(
        "no module of the model is spelled so", at: "\(part.checkpoint.path): \(module.stem)",
        advice: "give the model that the adapter is for with --base")
    }
    return module.tensors.sorted { $0.key < $1.key }.map { role, index in
      let tensor = part.checkpoint.tensors[index]
      return ComposedTensor(
        module: target, role: role, shape: tensor.info.shape, dtype: tensor.info.dtype,
        work: .copy(tensor, byteOffset: 0),
        suffix: String(tensor.info.name.dropFirst(module.stem.count)))
    }
  }
}
