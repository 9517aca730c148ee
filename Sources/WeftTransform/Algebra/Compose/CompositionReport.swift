import WeftKernels
package import WeftTensors

/// What was written of an adapter, layer by layer.
package struct CompositionReport: Sendable {
  /// How each tensor's change is written.
  package let layers: [ComposedLayer]
  /// How many values became zero in the adapter's type.
  package let underflowedCount: Int
  /// The size of the adapter, in bytes.
  package let byteCount: Int

  init(layers: [ComposedLayer], _ tallies: [String: Tally], _ summary: RunSummary) {
    self.layers = layers
    underflowedCount =
      tallies.values.reduce(0) { $0 + $1.underflowed } + summary.total.underflowed
    byteCount = summary.byteCount
  }

  private init() { (layers, underflowedCount, byteCount) = ([], 0, 0) }

  /// The report of no layers.
  package static let nothing = CompositionReport()

  /// The number of layers of each form, most first.
  package var counts: [(form: ComposedLayer.Form, count: Int)] {
    Dictionary(grouping: layers, by: \.form).map { ($0.key, $0.value.count) }
      .sorted { ($1.count, $0.form.rawValue) < ($0.count, $1.form.rawValue) }
  }

  /// The lowest and the highest rank; nil without factors.
  package var ranks: ClosedRange<Int>? {
    let ranks = layers.compactMap(\.rank)
    guard let low = ranks.min(), let high = ranks.max() else { return nil }
    return low...high
  }

  /// The part of all factored changes' squares that the factors keep; nil when nothing was cut.
  package var capturedEnergy: Double? {
    let cut = layers.filter { $0.capturedEnergy != nil }
    let total = cut.reduce(0) { $0 + ($1.totalEnergy ?? 0) }
    guard total > 0 else { return nil }
    return cut.reduce(0) { $0 + ($1.capturedEnergy ?? 0) * ($1.totalEnergy ?? 0) } / total
  }

  /// The members of a JSON report.
  package var members: [JSONValue.Member] {
    let value = JSONValue.object([
      "captured_energy": capturedEnergy.map { .number($0) },
      "layer_counts": .object(
        counts.map { JSONValue.Member($0.form.rawValue, .integer($0.count)) }),
      "underflow": .integer(underflowedCount),
      "bytes_written": .integer(byteCount),
      "layers": .array(layers.map(\.json)),
    ])
    return value.members ?? []
  }
}
