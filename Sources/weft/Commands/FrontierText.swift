import WeftTransform

/// Sizes against errors as people read them.
enum FrontierText {
  /// The rows of the table.
  private static let rowCount = 13

  /// What was chosen, and a table of what else there is.
  static func lines(_ frontier: SizeFrontier) -> [String] {
    let types = frontier.typeCounts.map { "\($0.count) \($0.type)" }.joined(separator: ", ")
    return [
      "  error       \(HumanText.scientific(frontier.chosen.error)) of the values of "
        + HumanText.count(frontier.tensors.count, "tensor") + "; \(bound(frontier))",
      "  types       \(types)",
      "  sizes         output     error",
    ] + rows(frontier)
  }

  private static func bound(_ frontier: SizeFrontier) -> String {
    switch frontier.lowerBound {
    case .error(let error):
      "none below \(HumanText.scientific(error)) is possible in this size"
    case .byteCount(let count):
      "no output below \(HumanText.bytes(count)) has so small an error"
    }
  }

  /// The sizes from the smallest up, with the one that was chosen among them.
  private static func rows(_ frontier: SizeFrontier) -> [String] {
    let chosen = frontier.chosen
    var points = frontier.shown(rowCount).filter { $0.byteCount != chosen.byteCount }
    let place = points.firstIndex { $0.byteCount > chosen.byteCount } ?? points.endIndex
    points.insert(chosen, at: place)
    return points.map { point in
      let size = HumanText.bytes(point.byteCount)
      let padding = String(repeating: " ", count: max(0, 10 - size.count))
      return "            " + (point == chosen ? "> " : "  ") + size + padding + " "
        + HumanText.scientific(point.error)
    }
  }
}
