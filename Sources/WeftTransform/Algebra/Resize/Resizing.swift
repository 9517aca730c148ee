import Synchronization
package import WeftFiles
package import WeftFormats
import WeftKernels
import WeftTensors

/// An adapter whose low-rank modules get another rank, under the names that they have.
///
/// The new factors are the truncated singular value decomposition of `up · down`; alpha changes with the rank, so that
/// alpha over rank stays as it was. A module that keeps its rank keeps its bytes.
package struct Resizing: Sendable {
  /// What the user asked for.
  package let recipe: ResizeRecipe
  /// The adapter.
  package let checkpoint: Checkpoint
  /// The numbers of modules of other families, which stay as they are, by the families' names for people.
  package let kept: [String: Int]
  private let modules: [ResizableModule]

  /// The size of the factors, for progress.
  package var byteCount: Int {
    modules.reduce(0) { $0 + $1.up.info.byteCount + $1.down.info.byteCount }
  }

  /// Opens an adapter and finds the modules that can be resized.
  package static func plan(_ recipe: ResizeRecipe, library: FormatLibrary) throws -> Resizing {
    let source = try AdapterSource.open(AdapterRequest(path: recipe.path), library: library)
    guard source.parts.count == 1, let part = source.parts.first else {
      throw TransformError.refused(
        "the folder holds \(source.parts.count) adapter files", at: recipe.path,
        advice: "give the file with the low-rank factors itself")
    }
    if let odd = part.reading.leftovers.first(where: { !$0.isHarmless }) {
      throw TransformError.refused(
        odd.reason, at: "\(recipe.path): \(part.checkpoint.tensors[odd.index].info.name)",
        advice: "get the adapter again from its source")
    }
    try refuseConfiguration(part.checkpoint)
    var modules: [ResizableModule] = []
    var kept: [String: Int] = [:]
    for module in part.reading.modules {
      if let resizable = try ResizableModule(module, of: part.checkpoint) {
        modules.append(resizable)
      } else {
        kept[module.family.title, default: 0] += 1
      }
    }
    guard !modules.isEmpty else {
      throw TransformError.refused(
        "no module has low-rank factors: \(kept.keys.sorted().joined(separator: ", "))",
        at: recipe.path, advice: "make it low-rank with weft adapter convert --rank R")
    }
    return Resizing(recipe: recipe, checkpoint: part.checkpoint, kept: kept, modules: modules)
  }

  /// A configuration that states the ranks of modules would be wrong afterwards.
  private static func refuseConfiguration(_ checkpoint: Checkpoint) throws {
    let isPEFT = checkpoint.tensors.contains {
      $0.info.name.hasPrefix(AdapterConfigs.stemPrefix)
    }
    let beside = Paths.join(Paths.directory(of: checkpoint.path), AdapterConfigs.fileName)
    guard checkpoint.metadata[AdapterConfigs.metadataKey] != nil || isPEFT && Paths.exists(beside)
    else { return }
    throw TransformError.refused(
      "the adapter's ranks are stated in a configuration, which would no longer be true",
      at: checkpoint.path,
      advice: "write it with alphas first: weft adapter convert --naming kohya")
  }

  /// Computes the factors and writes the adapter.
  package func run(
    to path: String, options: RunOptions, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> CompositionReport {
    let spool = try SpoolFile(beside: path)
    let done = Mutex<[Int: ResizableModule.Result]>([:])
    let gate = MemoryGate(byteCount: AdapterComposer.gateByteCount)
    try Parallel.run(threads: options.threads, count: modules.count) { _, index in
      let module = modules[index]
      let workspace = Workspace(kernels: .best, allowsNonFinite: false)
      let choice = module.isConvolution ? recipe.convolutionRank ?? recipe.rank : recipe.rank
      let result = try gate.withMemory(byteCount: module.byteCount) {
        try module.resized(choice, dtype: recipe.dtype, spool: spool, workspace: workspace)
      }
      done.withLock { $0[index] = result }
      try progress(module.up.info.byteCount + module.down.info.byteCount)
    }
    let results = done.withLock { all in modules.indices.compactMap { all[$0] } }
    let tallies = Dictionary(
      results.map { ($0.layer.name, $0.tally) }, uniquingKeysWith: { first, _ in first })
    try NonFiniteValues.check(tallies) { _ in checkpoint.path }
    let summary = try file(results).write(to: path, options: options, progress: { _ in })
    return CompositionReport(layers: results.map(\.layer), tallies, summary)
  }

  private func file(_ results: [ResizableModule.Result]) throws -> AdapterFile {
    let replaced = results.reduce(into: [:]) { all, one in
      all.merge(one.replaced) { first, _ in first }
    }
    let tensors = checkpoint.tensors.map { tensor in
      replaced[tensor.info.name]
        ?? PlannedTensor(
          info: tensor.info,
          pieces: [
            Piece(
              byteOffset: 0, byteCount: tensor.info.byteCount, work: .copy(tensor, byteOffset: 0))
          ], action: .copied)
    }
    return AdapterFile(
      tensors: tensors, metadata: try metadata(results.compactMap(\.layer.rank)),
      inputs: [checkpoint])
  }

  /// The parent's pairs; what trainers write of the rank is made true again.
  private func metadata(_ ranks: [Int]) throws -> [String: String] {
    var parent = checkpoint.metadata
    let isOne = Set(ranks).count == 1
    for key in ["ss_network_dim", "ss_network_alpha"] where parent[key] != nil {
      if key == "ss_network_dim" {
        parent[key] = isOne ? ranks.first.map(String.init) : "Dynamic"
      } else {
        parent[key] = "Dynamic"
      }
    }
    return AdapterMetadata.entries(
      operation: "resize",
      [
        JSONValue.Member("adapter", try checkpoint.parentsValue()),
        JSONValue.Member("rank", recipe.rank.recipeValue),
      ] + (recipe.convolutionRank.map { [JSONValue.Member("conv_rank", $0.recipeValue)] } ?? [])
        + (recipe.dtype.map { [JSONValue.Member("dtype", .string($0.rawValue))] } ?? []),
      keeping: parent)
  }
}
