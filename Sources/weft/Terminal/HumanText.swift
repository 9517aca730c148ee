/// Numbers as people read them.
enum HumanText {
  /// A size in decimal units, such as `2.13 GB`.
  static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(rounded(value)) \(units[unit])"
  }

  /// A duration, such as `1.23 s` or `2 min 05 s`.
  static func seconds(_ value: Double) -> String {
    if value < 0.0995 { return "\(rounded(value * 1000)) ms" }
    guard value >= 99.5 else { return "\(rounded(value)) s" }
    let whole = Int(value.rounded())
    let rest = whole % 60
    return "\(whole / 60) min \(rest < 10 ? "0" : "")\(rest) s"
  }

  /// A count of things with the right form of the word.
  static func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }

  /// A small number in scientific notation, such as `1.3e-07`.
  static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)")" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    let digits = (mantissa * 100).rounded() / 100
    return "\(value < 0 ? "-" : "")\(digits)e\(exponent)"
  }

  /// A ratio in decibels, such as `58.4 dB`; infinite for equal values, and `-` for none.
  static func decibels(_ value: Double) -> String {
    value.isFinite ? "\((value * 10).rounded() / 10) dB" : value.isNaN ? "-" : "inf"
  }

  /// Three significant digits.
  private static func rounded(_ value: Double) -> String {
    let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    let factor = [1.0, 10, 100][decimals]
    let scaled = Int((value * factor).rounded())
    guard decimals > 0 else { return String(scaled) }
    let fraction = String(scaled % Int(factor))
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(scaled / Int(factor)).\(zeros)\(fraction)"
  }
}
