/// Prompts that networks are compared or calibrated with, as numbers of tokens.
package struct SamplePrompts: Sendable {
  private let start: Int
  private let end: Int
  private let prompts: [[Int]]
  /// The prompts in words.
  package let texts: [String]

  /// The number of prompts.
  package var count: Int { prompts.count }

  init(start: Int, end: Int, prompts: [[Int]], texts: [String]) {
    (self.start, self.end, self.prompts, self.texts) = (start, end, prompts, texts)
  }

  /// A prompt between its marks, filled up with the mark of its end.
  ///
  /// Encoders with a smaller vocabulary, as those of tests, get the remainders.
  package func ids(_ index: Int, length: Int, vocabulary: Int) -> [Int] {
    let words = prompts[index % prompts.count].prefix(max(0, length - 2))
    let known = ([start] + words + [end]).map { $0 % max(1, vocabulary) }
    return Array((known + [Int](repeating: end % max(1, vocabulary), count: length)).prefix(length))
  }
}

extension FormatFolders {
  /// The prompts of a file, of which there must be one.
  mutating func samplePrompts(_ file: String) throws(FormatError) -> SamplePrompts {
    let object = try FormatObject(
      try single(file), file: file, keys: ["start", "end", "prompts"])
    var (prompts, texts): ([[Int]], [String]) = ([], [])
    for row in try object.objects("prompts", keys: ["text", "ids"]) {
      prompts.append(try row.integers("ids"))
      texts.append(try row.text("text"))
    }
    guard !prompts.isEmpty else { throw object.failure("prompts", "must have an element") }
    return SamplePrompts(
      start: try object.integer("start"), end: try object.integer("end"), prompts: prompts,
      texts: texts)
  }
}
