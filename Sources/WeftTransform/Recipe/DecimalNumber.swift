/// A decimal number of few digits, so that steps such as 0.1 are exact and give short names.
package struct DecimalNumber: Equatable {
  /// The number is `units / 10^places`.
  let units: Int
  /// The digits behind the point.
  let places: Int

  /// More digits have no meaning for a strength, and fewer cannot overflow.
  private static let digitLimit = 9

  private init(units: Int, places: Int) {
    self.units = units
    self.places = places
  }

  /// Reads digits with a sign and a point; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let isNegative = text.hasPrefix("-")
    let parts = text.dropFirst(isNegative ? 1 : 0)
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let digits = parts.joined()
    guard !digits.isEmpty, digits.utf8.count <= Self.digitLimit,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(digits)
    else { return nil }
    units = isNegative ? -value : value
    places = parts.count == 2 ? parts[1].utf8.count : 0
  }

  /// The numbers from one to another, both included, or nil when the steps do not lead there exactly.
  package static func steps(
    from first: DecimalNumber, to last: DecimalNumber, by step: DecimalNumber
  ) -> [DecimalNumber]? {
    let places = max(first.places, last.places, step.places)
    let (start, end, width) = (first.units(places), last.units(places), step.units(places))
    if start == end { return [first] }
    guard width != 0, (end - start) % width == 0, (end - start) / width > 0 else { return nil }
    return stride(from: start, through: end, by: width).map {
      DecimalNumber(units: $0, places: places)
    }
  }

  private func units(_ places: Int) -> Int {
    (self.places..<places).reduce(units) { value, _ in value * 10 }
  }

  /// The shortest text, such as `0.25` or `-1`.
  package var text: String {
    var digits = String(units.magnitude)
    while digits.utf8.count <= places { digits = "0" + digits }
    var tail = String(digits.suffix(places))
    while tail.hasSuffix("0") { tail.removeLast() }
    let head = (units < 0 ? "-" : "") + digits.dropLast(places)
    return tail.isEmpty ? head : head + "." + tail
  }
}
