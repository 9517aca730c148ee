import WeftTransform

/// What was written of an adapter, as people read it.
enum CompositionText {
  /// A line of its size, then what it consists of.
  static func lines(_ report: CompositionReport) -> [String] {
    var lines = [HumanText.bytes(report.byteCount)]
    lines.append(report.counts.map { "\($1) \(words($0))" }.joined(separator: ", "))
    if let ranks = report.ranks {
      lines.append(
        ranks.lowerBound == ranks.upperBound
          ? "rank \(ranks.lowerBound)" : "ranks \(ranks.lowerBound) to \(ranks.upperBound)")
    }
    if let energy = report.capturedEnergy {
      lines.append("captured energy \(percent(energy))")
      lines += worst(report)
    }
    if report.underflowedCount > 0 {
      lines.append(
        "\(HumanText.count(report.underflowedCount, "value")) became zero in the output's type")
    }
    return lines
  }

  /// The layers of which the factors keep least; all of them are in the JSON report.
  private static func worst(_ report: CompositionReport) -> [String] {
    let cut = report.layers.filter { $0.capturedEnergy != nil }
    let sorted = cut.sorted { ($0.capturedEnergy ?? 1) < ($1.capturedEnergy ?? 1) }
    guard sorted.count > 1 else { return [] }
    return sorted.prefix(3).map { layer in
      "least: \(percent(layer.capturedEnergy ?? 1)) at rank \(layer.rank ?? 0), \(layer.name)"
    } + ["(every layer with --json or --report FILE)"]
  }

  private static func words(_ form: ComposedLayer.Form) -> String {
    switch form {
    case .lowRank: "low-rank"
    case .difference: "full differences"
    case .norm: "norm differences"
    case .replacement: "replacements"
    case .equal: "equal and left out"
    }
  }

  /// A part as a percentage of two decimals.
  private static func percent(_ part: Double) -> String {
    let hundredths = Int((part * 10000).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
  }
}
