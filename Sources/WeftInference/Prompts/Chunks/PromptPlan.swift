/// A prompt without `AND`: the texts that it becomes, and their chunks.
package struct PromptPlan: Sendable {
  /// A text without schedules.
  package struct Text: Sendable {
    /// The text.
    package let text: String
    /// The number of tokens of each chunk, without the start, the end and what fills the rest.
    package let tokenCounts: [Int]
    /// The chunks, as many as every text of the prompt has.
    package fileprivate(set) var chunks: [PromptChunk]

    /// Tells the length in words: `213 tokens in 3 chunks`.
    package var length: String {
      let (tokens, chunks) = (tokenCounts.reduce(0, +), tokenCounts.count)
      return "\(tokens) token\(tokens == 1 ? "" : "s") in "
        + (chunks == 1 ? "1 chunk" : "\(chunks) chunks")
    }
  }

  /// How much the prompt counts beside others.
  package let weight: Double
  /// Which text is taken up to and with which step.
  package let entries: [(end: Int, text: Int)]
  /// The texts, each of them once, in the order of their first step.
  package let texts: [Text]
  /// What was cut off or not used, in sentences for people.
  package let notes: [String]

  /// Makes chunks of the texts of a prompt.
  init(
    _ part: ComposedPrompt.Part, steps: Int, _ prompts: PromptTokenizer
  ) throws(PromptError) {
    var places: [String: Int] = [:]
    var entries: [(end: Int, text: Int)] = []
    var (texts, notes): ([Text], [String]) = ([], [])
    for entry in try Self.schedule(part.text, steps: steps, prompts.style) {
      let place = places[entry.text] ?? texts.count
      if place == texts.count {
        let made = try prompts.chunks(of: entry.text)
        places[entry.text] = place
        notes += made.notes
        texts.append(
          Text(
            text: entry.text, tokenCounts: made.chunks.map(\.tokenCount), chunks: made.chunks))
      }
      entries.append((entry.end, place))
    }
    let count = texts.map(\.chunks.count).max() ?? 0
    for place in texts.indices {
      let missing = count - texts[place].chunks.count
      texts[place].chunks += Array(repeating: prompts.empty, count: missing)
    }
    (self.weight, self.entries) = (part.weight, entries)
    (self.texts, self.notes) = (texts, notes)
  }

  private static func schedule(
    _ text: String, steps: Int, _ style: PromptStyle
  ) throws(PromptError) -> [PromptSchedule.Entry] {
    guard style == .a1111 else { return [PromptSchedule.Entry(end: steps, text: text)] }
    return try PromptSchedule(text, steps: steps).entries
  }
}

extension PromptTokenizer {
  /// Each of the prompts that are joined is a picture's worth of work in every step.
  private static let maximumPartCount = 256

  /// The prompts that are joined with `AND`, as chunks for so many steps; at least one.
  ///
  /// - Throws: for brackets that are open too deep and weights that are not finite.
  package func plans(of prompt: String, steps: Int) throws(PromptError) -> [PromptPlan] {
    let text = withoutComments(prompt)
    let parts =
      style == .a1111
      ? ComposedPrompt(text).parts : [ComposedPrompt.Part(text: text, weight: 1)]
    guard parts.count <= Self.maximumPartCount else {
      throw PromptError(
        "the prompt is \(parts.count) prompts joined with AND, but there may be "
          + "\(Self.maximumPartCount)", at: nil,
        advice: "write 'and' in small letters where it is a word as any other")
    }
    var plans: [PromptPlan] = []
    for part in parts { plans.append(try PromptPlan(part, steps: steps, self)) }
    return plans
  }

  /// The chunks of a negative prompt, in which `AND` is a word as any other.
  func plan(ofNegative prompt: String, steps: Int) throws(PromptError) -> PromptPlan {
    let part = ComposedPrompt.Part(text: withoutComments(prompt), weight: 1)
    return try PromptPlan(part, steps: steps, self)
  }

  /// A prompt without its comments, where the style has some.
  func withoutComments(_ prompt: String) -> String {
    style == .a1111 ? PromptComments.removed(from: prompt) : prompt
  }
}
