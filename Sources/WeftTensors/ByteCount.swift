/// A size with a unit, as `5GB` or `500MiB`.
package struct ByteCount: Sendable, Equatable {
  /// The size, in bytes; above zero.
  package let value: Int

  private static let units: [(suffix: String, byteCount: Int)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1000),
    ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("", 1),
  ]

  /// Reads a number and a unit; nil for what is no size above zero.
  package init?(_ text: String) {
    let text = text.lowercased()
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let number = Double(text.dropLast(unit.suffix.count)), number > 0,
      let value = Int(exactly: (number * Double(unit.byteCount)).rounded(.down)), value > 0
    else { return nil }
    self.value = value
  }
}
