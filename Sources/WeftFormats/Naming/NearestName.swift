/// The name that someone may have meant by a name that is not there.
package enum NearestName {
  /// The nearest of the known names, or nil when none is near: at most a third of the letters differ, or two, which
  /// are two letters in the other order.
  package static func of(_ name: String, among known: some Sequence<String>) -> String? {
    let bytes = Array(name.lowercased().utf8)
    let limit = bytes.count < 3 ? 0 : bytes.count < 4 ? 1 : max(2, bytes.count / 3)
    return known.compactMap { candidate -> (distance: Int, name: String)? in
      editDistance(bytes, Array(candidate.lowercased().utf8), limit: limit).map { ($0, candidate) }
    }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// What to do about an unknown name.
  package static func advice(_ name: String, among known: [String]) -> String {
    if let nearest = of(name, among: known) { return "did you mean '\(nearest)'?" }
    return known.isEmpty
      ? "nothing may stand here" : "use one of \(known.sorted().joined(separator: ", "))"
  }
}
