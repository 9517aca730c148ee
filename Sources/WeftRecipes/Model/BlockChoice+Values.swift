import WeftFormats

extension BlockChoice {
  /// The number of blocks that a model must have: 26 or 20; nil when any will do.
  package var blockCount: Int? {
    if case .numbers(let numbers) = self { numbers.count } else { nil }
  }

  /// Whether every block has a value, whatever the patterns of others.
  var coversAll: Bool {
    if case .patterns = self { false } else { true }
  }

  /// The value of a block, or nil when none is given for it.
  ///
  /// A preset has values for the 26 blocks of SD1.x; SDXL's 20 blocks take those of the same names.
  /// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/0b1c491/scripts/mergers/mergers.py
  package func value(block: String, presets: [String: [Double]]) -> Double? {
    switch self {
    case .preset(let name): Self.value(block, in: presets[name] ?? [])
    case .numbers(let numbers): Self.value(block, in: numbers)
    case .patterns(let entries): entries.first { Glob($0.pattern).matches(block) }?.value
    }
  }

  private static func value(_ block: String, in numbers: [Double]) -> Double? {
    names(count: numbers.count)?.firstIndex(of: block).map { numbers[$0] }
  }
}
