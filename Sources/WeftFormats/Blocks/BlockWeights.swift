/// A factor for each block of a model, given as a preset's name or as a list of numbers.
///
/// Lists of 12, 17, 20 or 26 numbers are those of LoRA Block Weight (`adapter`) and of merge block weighted (`merge`).
/// Sources: https://github.com/hako-mikan/sd-webui-lora-block-weight/blob/04b986c24414281d34a9f1c2d307316d590d3668/scripts/lora_block_weight.py,
/// https://github.com/hako-mikan/sd-webui-supermerger/blob/786339490f46acc440e15a88a60e6f328562176a/scripts/mbwpresets.txt
package struct BlockWeights: Sendable {
  /// Whose lists and presets are meant.
  package enum Style: String, Sendable {
    /// Those for adapters (LBW).
    case adapter
    /// Those for merging checkpoints (MBW).
    case merge
  }

  /// The weights as they were given, without spaces.
  package let text: String
  /// The blocks that have a weight of their own, in the order of the list; none when all weigh the same.
  package let blocks: [String]
  /// The weight of the blocks that the list does not name; nil when it was not said.
  package let rest: Double?
  private let weights: [String: Double]
  private let map: BlockMap

  /// Reads the name of a preset, in any case, or numbers with commas between.
  ///
  /// `rest` is the weight of the blocks that the list does not name. Throws a `BlockWeightsError` for what is neither
  /// a preset nor numbers, and for a list that the architecture has no blocks for.
  package init(
    parsing text: String, rest: Double? = nil, style: Style, architecture: Architecture,
    library: FormatLibrary
  ) throws {
    let reader = BlockWeightsReader(
      text: text, style: style, architecture: architecture, book: library.blocks)
    let reading = try reader.read()
    self.text = reader.text
    blocks = reading.blocks
    weights = Dictionary(zip(reading.blocks, reading.weights)) { first, _ in first }
    self.rest = reading.every ?? rest
    map = try BlockMap(for: architecture, library: library)
  }

  /// The block of a module.
  package func block(of module: CanonicalModule) -> String { map.block(of: module) }

  /// The weight of a tensor's block; 0 when the list neither names it nor the weight of the rest was given.
  package func weight(of name: CanonicalName) -> Double { weight(ofBlock: map.block(of: name)) }

  /// The weight of a module's block, as for its tensors.
  package func weight(of module: CanonicalModule) -> Double {
    weight(ofBlock: map.block(of: module))
  }

  /// Whether nothing says how much a module's block weighs: programs differ on what that means.
  package func isSilent(on module: CanonicalModule) -> Bool {
    rest == nil && weights[map.block(of: module)] == nil
  }

  /// The weights for people: `BASE 1, IN01 0.5`, runs of equal weights together.
  package var words: String {
    var runs: [(first: String, last: String, weight: Double)] = []
    for block in blocks {
      let weight = weights[block] ?? 0
      if let last = runs.last, last.weight == weight {
        runs[runs.count - 1].last = block
      } else {
        runs.append((block, block, weight))
      }
    }
    let named = runs.map { run in
      (run.first == run.last ? run.first : "\(run.first)-\(run.last)") + " \(run.weight)"
    }
    let others = rest.map { "\(blocks.isEmpty ? "all blocks" : "the rest") \($0)" }
    return (named + [others].compactMap { $0 }).joined(separator: ", ")
  }

  private func weight(ofBlock block: String) -> Double { weights[block] ?? rest ?? 0 }
}
