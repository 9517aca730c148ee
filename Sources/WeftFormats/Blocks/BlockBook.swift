import WeftTensors

/// What the files in `formats/blocks/` say: the block of each tensor, the lists of blocks that weights are given
/// for, and the presets.
struct BlockBook: Sendable {
  /// The blocks that a list of weights stands for, in its order.
  struct List: Sendable {
    let style: BlockWeights.Style
    let architectures: [String]
    let blocks: [String]
  }

  /// A named list of weights.
  struct Preset: Sendable {
    /// What a preset holds.
    enum Weights: Sendable {
      /// One weight of every block.
      case every(Double)
      /// A weight for each block of a list that has as many.
      case list([Double])
    }

    let style: BlockWeights.Style
    let name: String
    let weights: Weights
  }

  private(set) var rules: [BlockRule] = []
  /// The block of tensors that no rule fits.
  private(set) var elsewhere = ""
  private(set) var lists: [List] = []
  private(set) var presets: [Preset] = []

  /// Reads the files of the folder.
  init(_ files: [(file: String, value: JSONValue)]) throws(FormatError) {
    for (file, value) in files {
      let object = try FormatObject(
        value, file: file, keys: ["elsewhere", "rules", "lists", "style", "presets"])
      elsewhere = try object.optionalText("elsewhere") ?? elsewhere
      for element in try object.elements("rules") {
        rules.append(try BlockRule(element, file: file))
      }
      for row in try object.objects("lists", keys: ["style", "architectures", "blocks"]) {
        lists.append(
          List(
            style: try row.blockStyle(), architectures: try row.texts("architectures"),
            blocks: try row.texts("blocks")))
      }
      for row in try object.objects("presets", keys: ["name", "weights", "every"]) {
        presets.append(
          Preset(
            style: try object.blockStyle(), name: try row.text("name"),
            weights: try row.presetWeights()))
      }
    }
  }

  /// The lists of blocks that an architecture, or the one that it varies, takes weights for.
  func lists(for architecture: Architecture, _ style: BlockWeights.Style) -> [List] {
    let id = architecture.like ?? architecture.id
    return lists.filter { $0.style == style && $0.architectures.contains(id) }
  }

  /// The presets for merges as lists: a number for each block of the longest list.
  var mergePresets: [String: [Double]] {
    let count = lists.filter { $0.style == .merge }.map(\.blocks.count).max() ?? 0
    let pairs = presets(.merge).map { preset in
      switch preset.weights {
      case .every(let weight): (preset.name, Array(repeating: weight, count: count))
      case .list(let weights): (preset.name, weights)
      }
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// The presets of a style.
  func presets(_ style: BlockWeights.Style) -> [Preset] { presets.filter { $0.style == style } }
}

extension FormatObject {
  fileprivate func blockStyle() throws(FormatError) -> BlockWeights.Style {
    guard let style = BlockWeights.Style(rawValue: try text("style")) else {
      throw failure("style", "is neither 'adapter' nor 'merge'")
    }
    return style
  }

  fileprivate func presetWeights() throws(FormatError) -> BlockBook.Preset.Weights {
    if let every = self["every"]?.double { return .every(every) }
    let weights = try elements("weights").compactMap(\.double)
    guard !weights.isEmpty, weights.count == (try elements("weights").count) else {
      throw failure("weights", "must be an array of numbers, unless there is 'every'")
    }
    return .list(weights)
  }
}
