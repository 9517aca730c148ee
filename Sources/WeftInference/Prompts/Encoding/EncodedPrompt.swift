/// What a prompt and a negative prompt tell a UNet in every step; all of one length.
package struct EncodedPrompt: Sendable {
  /// Which conditionings are taken when: each with the last step of its turn.
  struct Timeline: Sendable {
    let weight: Float
    let entries: [(end: Int, place: Int)]

    func place(at step: Int) -> Int {
      (entries.first { step <= $0.end } ?? entries[entries.count - 1]).place
    }
  }

  /// The conditionings, each of them once.
  let conditionings: [TextConditioning]
  let parts: [Timeline]
  let negative: Timeline
  /// The texts that the prompt becomes, in the order of their first step.
  package let texts: [PromptPlan.Text]
  /// The texts that the negative prompt becomes; none when it is not given and zeros take its place.
  package let negativeTexts: [PromptPlan.Text]
  /// What was cut off or not used, in sentences for people.
  package let notes: [String]

  /// The prompts that are joined with `AND`, and how much each counts.
  package func positives(at step: Int) -> [(conditioning: TextConditioning, weight: Float)] {
    parts.map { (conditionings[$0.place(at: step)], $0.weight) }
  }

  /// The negative prompt.
  package func negative(at step: Int) -> TextConditioning {
    conditionings[negative.place(at: step)]
  }

  /// Numbers of the conditionings of a step, the negative one last; two steps with the same numbers have the same
  /// conditionings, so that what a UNet has made of them can be kept.
  package func key(at step: Int) -> [Int] { (parts + [negative]).map { $0.place(at: step) } }
}

extension EncodedPrompt {
  /// The same prompt with the negative prompt of another encoding.
  func withNegative(of other: EncodedPrompt) -> EncodedPrompt {
    let moved = other.negative.entries.map { (end: $0.end, place: $0.place + conditionings.count) }
    return EncodedPrompt(
      conditionings: conditionings + other.conditionings, parts: parts,
      negative: Timeline(weight: other.negative.weight, entries: moved), texts: texts,
      negativeTexts: other.negativeTexts, notes: notes)
  }
}
