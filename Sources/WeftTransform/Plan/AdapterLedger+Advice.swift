extension AdapterLedger {
  /// The shortest names that a pattern for leaving tensors out is made of, in bytes.
  private static let shortestStart = 4

  /// A pattern that fits all of some unmatched tensors and no other of the adapter; nil when their names start
  /// differently.
  func pattern(for unmatched: [AdapterPlan.Omission]) -> String? {
    guard let first = unmatched.first?.name else { return nil }
    let start = unmatched.dropFirst().reduce(Substring(first)) { start, omission in
      start.commonStart(with: omission.name)
    }
    // One tensor, or all of one module: the name up to its last dot.
    let head = unmatched.count == 1 ? start.prefix { $0 != "." } : start
    guard head.utf8.count >= Self.shortestStart, !head.contains("*") else { return nil }
    let others = applied + ignored.map(\.name)
    return others.contains { $0.hasPrefix(head) } ? nil : head + "*"
  }
}

extension Substring {
  /// What two texts start with alike.
  fileprivate func commonStart(with other: String) -> Substring {
    self[..<(zip(indices, other).first { self[$0] != $1 }?.0 ?? shorterEnd(than: other))]
  }

  private func shorterEnd(than other: String) -> Index {
    index(startIndex, offsetBy: other.count, limitedBy: endIndex) ?? endIndex
  }
}
