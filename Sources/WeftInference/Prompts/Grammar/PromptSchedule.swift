/// The texts that a prompt becomes as the steps go on: `[from:to:when]` and `[a|b|c]`.
///
/// `when` is a step, or with a dot in it a part of all steps. A part that is not written as these are is text, and so is the
/// whole prompt when a `|` stands outside of square brackets.
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/prompt_parser.py
package struct PromptSchedule: Sendable, Equatable {
  /// A text, and the last step for which it is taken.
  package struct Entry: Sendable, Equatable {
    /// The last step, where the first one of all is 0.
    package let end: Int
    /// The prompt without schedules.
    package let text: String
  }

  /// The texts in the order of their steps; at least one.
  package let entries: [Entry]

  /// Reads a prompt for so many steps.
  ///
  /// - Throws: for brackets that are open too deep.
  package init(_ prompt: String, steps: Int) throws(PromptError) {
    var parser = ScheduleParser(prompt)
    guard let nodes = try parser.nodes() else {
      entries = [Entry(end: steps, text: prompt)]
      return
    }
    var ends: Set = [steps]
    for node in nodes { node.collectEnds(steps: steps, into: &ends) }
    // Texts that come again are held once.
    var known: Set<String> = []
    entries = ends.sorted().map { end in
      let text = nodes.map { $0.text(at: end, of: steps) }.joined()
      return Entry(end: end, text: known.insert(text).memberAfterInsert)
    }
  }

  /// The text for a step; the first one is 0.
  ///
  /// As in the web UI a text is taken up to and with the step that is its number, which is one more than one would think.
  package func text(at step: Int) -> String {
    (entries.first { step <= $0.end } ?? entries[entries.count - 1]).text
  }
}

/// A part of a prompt that is the same in every step or not.
indirect enum ScheduleNode {
  case text(String)
  case change(before: [ScheduleNode], after: [ScheduleNode], when: String)
  case alternation([[ScheduleNode]])

  /// Adds the steps after which the text is another.
  func collectEnds(steps: Int, into ends: inout Set<Int>) {
    switch self {
    case .text: break
    case .change(let before, let after, let when):
      let end = Self.step(when, of: steps)
      if end >= 1 { ends.insert(end) }
      for node in before + after { node.collectEnds(steps: steps, into: &ends) }
    case .alternation(let choices):
      if steps > 0 { ends.formUnion(1...steps) }
      for node in choices.joined() { node.collectEnds(steps: steps, into: &ends) }
    }
  }

  /// The text when a step has this number.
  func text(at step: Int, of steps: Int) -> String {
    let chosen: [ScheduleNode]
    switch self {
    case .text(let text): return text
    case .change(let before, let after, let when):
      chosen = step <= Self.step(when, of: steps) ? before : after
    case .alternation(let choices): chosen = choices[max(0, step - 1) % choices.count]
    }
    return chosen.map { $0.text(at: step, of: steps) }.joined()
  }

  private static func step(_ when: String, of steps: Int) -> Int {
    let number = Double(when) ?? 0
    let step = when.contains(".") ? number * Double(steps) : number
    return Int(min(max(step, -1), Double(steps)))
  }
}
