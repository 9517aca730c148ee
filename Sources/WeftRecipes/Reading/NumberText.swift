/// Numbers as people write them.
enum NumberText {
  /// The shortest text that reads back as the same double; whole numbers have no `.0`.
  static func shortest(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
