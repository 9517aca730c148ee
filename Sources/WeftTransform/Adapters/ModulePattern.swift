import WeftFormats

/// A key of PEFT's `rank_pattern` and `alpha_pattern`: the end of a module's path, from a dot on.
///
/// PEFT takes keys as regular expressions; of those only plain names with `.*`, `\.`, `^` and `$` are understood.
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/utils/other.py (get_pattern_key)
struct ModulePattern: Sendable, Hashable {
  private let whole: Glob
  private let end: Glob?
  /// The place among the keys; the first that fits counts.
  private let place: Int

  /// Reads a key; nil when it says more than names can.
  init?(_ key: String, place: Int) {
    var name = key
    let isAnchored = name.hasPrefix("^")
    if isAnchored { name.removeFirst() }
    if name.hasSuffix("$") { name.removeLast() }
    let plain = name.replacing("\\.", with: ".").replacing(".*", with: "*")
    guard !plain.isEmpty, !plain.contains(where: { "\\[](){}|+?^$".contains($0) }),
      !plain.contains("**")
    else { return nil }
    whole = Glob(plain)
    end = isAnchored ? nil : Glob("*." + plain)
    self.place = place
  }

  /// Whether the pattern fits a module's path.
  func matches(_ path: String) -> Bool { whole.matches(path) || end?.matches(path) ?? false }

  /// The value of the first pattern that fits a path.
  static func value(_ values: [ModulePattern: Double], for path: String) -> Double? {
    values.filter { $0.key.matches(path) }.min { $0.key.place < $1.key.place }?.value
  }
}
