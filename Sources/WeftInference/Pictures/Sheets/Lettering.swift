import WeftFiles

/// A typeface in a size.
package struct Lettering: Sendable {
  /// The letters.
  package let typeface: Typeface
  /// The pixels of an em.
  package let size: Double

  /// Chooses a size.
  package init(_ typeface: Typeface, size: Double) { (self.typeface, self.size) = (typeface, size) }

  /// From one line to the next, in pixels.
  package var lineHeight: Int { Int((size * 1.3).rounded()) }

  /// The width of a line, in pixels.
  package func width(of text: some StringProtocol) -> Int {
    Int((typeface.width(of: text) * size).rounded(.up))
  }

  /// A text in lines that are not wider than so many pixels; what does not fit into the lines ends in an ellipsis.
  ///
  /// Lines break at spaces, and within a word that is too long for one.
  package func wrapped(_ text: String, width limit: Int, lineLimit: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(whereSeparator: \.isNewline) {
      lines += wrapped(paragraph, limit, atMost: lineLimit + 1 - lines.count)
      if lines.count > lineLimit { break }
    }
    guard lines.count > lineLimit else { return lines }
    lines.removeSubrange(max(0, lineLimit)...)
    if let last = lines.popLast() { lines.append(shortened(last + " ", limit)) }
    return lines
  }

  /// A text that is cut off until an ellipsis fits behind it.
  private func shortened(_ text: String, _ limit: Int) -> String {
    var kept = Substring(text)
    while !kept.isEmpty, kept.last == " " || width(of: kept + "…") > limit { kept.removeLast() }
    return kept + "…"
  }

  private func wrapped(_ paragraph: Substring, _ limit: Int, atMost count: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(whereSeparator: \.isWhitespace) {
      guard lines.count < count else { return lines }
      let joined = line.isEmpty ? String(word) : line + " " + word
      if width(of: joined) <= limit {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = String(word)
      while width(of: line) > limit, line.count > 1, lines.count < count {
        let head = fitting(line, limit)
        lines.append(String(head))
        line = String(line.dropFirst(head.count))
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// As many of a word's letters as fit, one at least; behind a hyphen or the like where one is in their second half.
  private func fitting(_ word: String, _ limit: Int) -> Substring {
    var width = 0.0
    let count = word.prefix { letter in
      width += typeface.width(of: String(letter)) * size
      return width <= Double(limit)
    }.count
    let head = word.prefix(max(1, count))
    guard count < word.count, let mark = head.lastIndex(where: { "-_./,".contains($0) }) else {
      return head
    }
    let kept = head[...mark]
    return kept.count * 2 > head.count ? kept : head
  }
}
