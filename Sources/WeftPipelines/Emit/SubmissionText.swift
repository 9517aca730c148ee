/// A template in which placeholders stand for values: `${cpus}` for a value that needs no quotes, `${manifest.bash}` for a
/// text as bash takes it.
///
/// What is not a small word in braces stays as it is, such as `${SLURM_RESTART_COUNT:-0}`.
struct SubmissionText {
  let template: String
  /// The values that are written as they are.
  let plain: [String: String]
  /// The texts that are quoted for the language that a placeholder names.
  let quoted: [String: String]

  /// The template with the values in it; `unknown` makes the error for a placeholder that has none.
  func filled(unknown: (String) -> SubmissionError) throws(SubmissionError) -> String {
    var result = ""
    var rest = Substring(template)
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      guard let name = Self.placeholder(rest) else {
        result.append(rest.removeFirst())
        continue
      }
      guard let value = value(name) else { throw unknown(String(name)) }
      result += value
      rest = rest[name.endIndex...].dropFirst()
    }
    return result + rest
  }

  /// The name in the placeholder that a text begins with, or nil when it begins with none.
  private static func placeholder(_ text: Substring) -> Substring? {
    guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return nil }
    let name = text[text.index(text.startIndex, offsetBy: 2)..<end]
    let isSmallWord = name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }
    return isSmallWord && !name.isEmpty ? name : nil
  }

  private func value(_ name: Substring) -> String? {
    let parts = name.split(separator: ".", maxSplits: 1)
    guard parts.count == 2 else { return plain[String(name)] }
    guard let text = quoted[String(parts[0])], let quoting = Quoting(rawValue: String(parts[1]))
    else { return nil }
    return quoting.quoted(text)
  }
}
