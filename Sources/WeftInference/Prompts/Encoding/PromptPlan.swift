/// A prompt without `AND`: the texts that it becomes, and their chunks.
struct PromptPlan: Sendable {
  /// Which text is taken up to and with which step.
  let entries: [(end: Int, text: Int)]
  /// The texts, each of them once, in the order of their first step.
  let texts: [EncodedPrompt.Text]
  /// The chunks of each text, equally many for all of them.
  let chunks: [[PromptChunk]]
  /// What was cut off or not used.
  let notes: [String]

  /// Makes chunks of the texts of a prompt.
  init(_ prompt: String, steps: Int, _ prompts: PromptTokenizer) throws(PromptError) {
    var schedule = [PromptSchedule.Entry(end: steps, text: prompt)]
    if prompts.style == .a1111 {
      schedule = try PromptSchedule(prompt, steps: steps).entries
    }
    var places: [String: Int] = [:]
    var tokenized: [TokenizedPrompt] = []
    var entries: [(end: Int, text: Int)] = []
    var texts: [EncodedPrompt.Text] = []
    for entry in schedule {
      if places[entry.text] == nil {
        places[entry.text] = texts.count
        let made = try prompts.chunks(of: entry.text)
        tokenized.append(made)
        texts.append(.init(text: entry.text, tokenCounts: made.chunks.map(\.tokenCount)))
      }
      entries.append((entry.end, places[entry.text] ?? 0))
    }
    let count = tokenized.map(\.chunks.count).max() ?? 0
    chunks = tokenized.map {
      $0.chunks + Array(repeating: prompts.empty, count: count - $0.chunks.count)
    }
    (self.entries, self.texts, notes) = (entries, texts, tokenized.flatMap(\.notes))
  }

  /// The contexts of the texts.
  func contexts(_ states: StateTable, style: PromptStyle) -> [PromptContext] {
    var contexts = chunks.map { _ in [PromptContext]() }
    for place in chunks[0].indices {
      let parts = states.contexts(of: chunks.map { $0[place] }, style: style)
      for (text, part) in parts.enumerated() { contexts[text].append(part) }
    }
    return contexts.map(PromptContext.init(joining:))
  }
}
