/// Numbers as pages have them.
package enum Figures {
  /// A size in decimal units, such as `2.13 GB`.
  package static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(significant(value)) \(units[unit])"
  }

  /// Three significant digits; very small and very large numbers with a power of ten.
  package static func number(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    var (mantissa, exponent) = (value.magnitude, 0)
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.9995 {
      mantissa *= 10
      exponent -= 1
    }
    let sign = value < 0 ? "−" : ""
    guard !(-3...5).contains(exponent) else { return sign + significant(value.magnitude) }
    return sign + "\(significant(mantissa))×10" + superscript(exponent)
  }

  /// A number without the zeros at its end, for axes, as in `0.3`, `2.5 MB` or `10⁻⁵`.
  static func short(_ text: String) -> String {
    let end = text.firstIndex { " ×".contains($0) } ?? text.endIndex
    guard text[..<end].contains(".") else { return text }
    var digits = text[..<end]
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    let rest = text[end...]
    return digits == "1" && rest.hasPrefix("×") ? String(rest.dropFirst()) : String(digits + rest)
  }

  /// A part of a whole in percent.
  static func percent(_ part: Int, of whole: Int) -> String {
    whole > 0 ? "\(fixed(Double(part) / Double(whole) * 100, 1)) %" : "–"
  }

  /// A count with its digits in groups of three.
  package static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map {
      String(digits[max(0, $0 - 3)..<$0])
    }
    return (value < 0 ? "−" : "") + groups.reversed().joined(separator: ",")
  }

  /// A count of things with the right form of the word.
  static func counted(_ value: Int, _ word: String) -> String {
    "\(count(value)) \(word)\(value == 1 ? "" : "s")"
  }

  /// A text of no more than so many characters, of a longer one the end, which tells names apart.
  static func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? "…" + text.suffix(length - 1) : text
  }

  /// A ratio in decibels; infinite for equal values.
  static func decibels(_ value: Double) -> String {
    value.isFinite ? "\(fixed(value, 1)) dB" : number(value)
  }

  /// A number with so many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return number(value) }
    let factor = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let scaled = Int((value.magnitude * Double(factor)).rounded())
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % factor)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(scaled / factor).\(zeros)\(fraction)"
  }

  /// Three significant digits of a number that needs no power of ten.
  private static func significant(_ value: Double) -> String {
    var (decimals, limit) = (2, 9.995)
    while decimals > 0, value >= limit {
      decimals -= 1
      limit *= 10
    }
    limit = 0.9995
    while value < limit, decimals < 6 {
      decimals += 1
      limit /= 10
    }
    return fixed(value, decimals)
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}
