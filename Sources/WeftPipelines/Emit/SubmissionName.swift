/// A job's name as engines take it.
package enum SubmissionName {
  /// The most characters of a label, less those of a pod's index and suffix.
  private static let longestLabel = 50
  /// More than this is no help in a list of jobs.
  private static let longestName = 100
  /// The name when nothing is left of the one that was given.
  private static let fallback = "weft"
  private static let ending = ".jsonl"

  /// A name of letters, digits, dots, hyphens and underscores that begins and ends with a letter or digit.
  package static func plain(_ name: String) -> String {
    let bytes = stem(name).utf8.prefix(longestName).map { byte in
      isLetterOrDigit(byte) || "._-".utf8.contains(byte) ? byte : UInt8(ascii: "-")
    }
    guard let first = bytes.firstIndex(where: isLetterOrDigit),
      let last = bytes.lastIndex(where: isLetterOrDigit)
    else { return fallback }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// A label of small letters, digits and hyphens that begins with a letter and ends with no hyphen.
  ///
  /// Source: https://github.com/kubernetes/apimachinery/blob/v0.33.0/pkg/util/validation/validation.go
  package static func label(_ name: String) -> String {
    let words = plain(name).lowercased().utf8.split { !isLetterOrDigit($0) }
    var label = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    if label.utf8.first.map({ $0 < UInt8(ascii: "a") }) ?? true { label = "\(fallback)-\(label)" }
    let short = label.prefix(longestLabel)
    return String(short.last == "-" ? short.dropLast() : short)
  }

  /// A name without the ending of manifests.
  static func stem(_ name: String) -> String {
    name.hasSuffix(ending) && name != ending ? String(name.dropLast(ending.count)) : name
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
