import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors

/// The options of a merge for each tensor: the step's own, those of its block, and those of the patterns that fit.
struct MergeStepOptions {
  private let step: MergeStep
  private let method: MergeMethod
  private let presets: [String: [Double]]
  private let map: BlockMap?

  /// Works out the blocks of a model's tensors where the step asks for them.
  init(_ step: MergeStep, model: BaseModel, library: FormatLibrary) throws {
    guard let method = library.mergeMethod(step.method) else {
      throw TransformError.refused(
        "there is no merge method '\(step.method)'", at: nil,
        advice: "see weft recipe methods")
    }
    self.step = step
    self.method = method
    presets = library.mergePresets
    let blocks = ([step.blocks] + step.inputs.map(\.blocks)).compactMap(\.self)
    let architecture = blocks.isEmpty ? nil : model.recognition.architecture
    map = try architecture.map { try BlockMap(for: $0, library: library) }
    for blocks in blocks { try requireBlocks(blocks, of: model) }
  }

  /// The options of the step for a tensor.
  func stepOptions(for name: CanonicalName, storedName: String) -> MergeOptions {
    MergeOptions(
      step.options(
        for: [storedName, name.description], block: block(of: name), method: method,
        presets: presets))
  }

  /// The options that one of the merged models has for itself, for a tensor.
  func options(
    ofInput index: Int, for name: CanonicalName, storedName: String
  ) -> MergeOptions {
    MergeOptions(
      step.inputs[index].options(
        for: [storedName, name.description], block: block(of: name), presets: presets))
  }

  /// Refuses a pattern that fits no tensor: it is a slip, and the merge would not be what was meant.
  func requireFits(
    _ names: [(name: CanonicalName, storedName: String)], step stepName: String
  ) throws {
    for entry in step.tensors + step.inputs.flatMap(\.tensors) {
      let glob = Glob(entry.pattern)
      guard
        !names.contains(where: { glob.matches($0.storedName) || glob.matches($0.name.description) })
      else { continue }
      throw TransformError.refused(
        "the pattern '\(entry.pattern)' fits no tensor that is merged",
        at: "the step '\(stepName)'",
        advice: "use names as weft inspect --tensors prints them, with * for any text")
    }
  }

  private func block(of name: CanonicalName) -> String { map?.block(of: name) ?? "BASE" }

  /// A list of numbers must have one for each block of the model, and no more.
  private func requireBlocks(_ blocks: BlockChoice, of model: BaseModel) throws {
    guard let count = blocks.blockCount, let map else { return }
    let names = BlockChoice.names(count: count) ?? []
    let used = Set(model.stored.keys.map(map.block))
    guard used.isSubset(of: names), let last = names.last, used.contains(last) else {
      throw TransformError.refused(
        "there are \(count) block weights, but \(model.architectureID) has "
          + "\(used.union(["BASE"]).count) blocks, with BASE",
        at: model.checkpoint.path, advice: "give one number for each block of the model")
    }
  }
}
