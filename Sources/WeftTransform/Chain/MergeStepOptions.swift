import WeftFormats
import WeftRecipes
import WeftTensors

/// The options of a merge for each tensor: the step's own, those of its block, and those of the patterns that fit.
///
/// A pattern goes before a block, and a block before the step's own value.
struct MergeStepOptions {
  private let step: MergeStep
  private let blockOption: String?
  private let stepBlocks: BlockValues?
  private let inputBlocks: [BlockValues?]

  /// Works out the blocks of a model's tensors where the step asks for them.
  init(_ step: MergeStep, model: BaseModel, library: FormatLibrary) throws {
    self.step = step
    blockOption = library.mergeMethod(step.method)?.blockOption
    func values(_ blocks: WeftRecipes.BlockWeights?) throws -> BlockValues? {
      guard let blocks, let architecture = model.recognition.architecture else { return nil }
      return try BlockValues(blocks, architecture: architecture, library: library)
    }
    stepBlocks = try values(step.blocks)
    inputBlocks = try step.inputs.map { try values($0.blocks) }
  }

  /// The options of the step for a tensor.
  func stepOptions(for name: CanonicalName, storedName: String) -> MergeOptions {
    var options = step.options
    if let blockOption, let value = stepBlocks?.value(of: name) {
      options[blockOption] = .number(value)
    }
    apply(step.tensors, to: &options, name, storedName)
    return MergeOptions(options)
  }

  /// The options that one of the merged models has for itself, for a tensor.
  func options(
    ofInput index: Int, for name: CanonicalName, storedName: String
  ) -> MergeOptions {
    var options = step.inputs[index].options
    if let value = inputBlocks[index]?.value(of: name) { options["weight"] = .number(value) }
    apply(step.inputs[index].tensors, to: &options, name, storedName)
    return MergeOptions(options)
  }

  /// The first pattern that fits and names an option decides.
  private func apply(
    _ entries: [TensorOptions], to options: inout [String: OptionValue], _ name: CanonicalName,
    _ storedName: String
  ) {
    for entry in entries.reversed() {
      let glob = Glob(entry.pattern)
      guard glob.matches(storedName) || glob.matches(name.description) else { continue }
      options.merge(entry.options) { $1 }
    }
  }
}

extension MergeOptions {
  /// Options as a recipe has them.
  init(_ options: [String: OptionValue]) {
    self.init(
      options.mapValues { value -> Value in
        switch value {
        case .number(let number): Value.number(number)
        case .integer(let number): Value.number(Double(number))
        case .flag(let flag): Value.flag(flag)
        case .word(let word): Value.word(word)
        }
      })
  }
}

/// Numbers for the blocks of a model.
struct BlockValues {
  private let value: (CanonicalName) -> Double?

  /// The number of a tensor's block; nil when none is given.
  func value(of name: CanonicalName) -> Double? { value(name) }

  init(
    _ blocks: WeftRecipes.BlockWeights, architecture: Architecture, library: FormatLibrary
  ) throws {
    let map = try BlockMap(for: architecture, library: library)
    switch blocks {
    case .patterns(let entries):
      let patterns = entries.map { (glob: Glob($0.pattern), value: $0.value) }
      value = { name in
        let block = map.block(of: name)
        return patterns.first { $0.glob.matches(block) }?.value
      }
    case .numbers(let numbers):
      // The list must be one of the architecture's.
      let weights = try WeftFormats.BlockWeights(
        parsing: numbers.map { "\($0)" }.joined(separator: ","), style: .merge,
        architecture: architecture, library: library)
      value = { weights.weight(of: $0) }
    case .preset(let preset):
      // Presets have 26 numbers; architectures of fewer blocks take those of the blocks that they have.
      let numbers = library.mergePresets[preset] ?? []
      let names = WeftRecipes.BlockWeights.names(count: numbers.count) ?? []
      let table = Dictionary(zip(names, numbers)) { first, _ in first }
      value = { table[map.block(of: $0)] }
    }
  }
}
