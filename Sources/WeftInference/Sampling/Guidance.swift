/// How predictions with and without a prompt become one: classifier-free guidance.
///
/// Source: https://arxiv.org/abs/2207.12598; the rescaling https://arxiv.org/abs/2305.08891, section 3.4
package struct Guidance: Sendable {
  /// How far past the prompt's prediction, seen from the one without; 1 is the prompt's itself.
  package let scale: Double
  /// How much of the result has the spread of the prompt's prediction: `φ`, from 0 to 1.
  package let rescale: Double

  /// Makes a guidance.
  package init(scale: Double, rescale: Double = 0) { (self.scale, self.rescale) = (scale, rescale) }

  /// Whether the prediction without a prompt matters; at 1 and below it is not asked for, as in diffusers.
  package var asksWithoutPrompt: Bool { scale > 1 }

  /// Brings predictions of a batch together.
  ///
  /// - Parameters:
  ///   - unconditional: without the prompt, or with the negative one.
  ///   - conditional: with each prompt, and how much each counts; several are ComfyUI's and A1111's `AND`.
  ///   - pictureCount: how many pictures the batch has; each is rescaled by itself.
  /// - Returns: `u + scale Σ weight (c - u)`, rescaled by the first prompt's.
  package func combined(
    unconditional: [Float], conditional: [(weight: Double, values: [Float])], pictureCount: Int = 1
  ) -> [Float] {
    let total = conditional.reduce(0) { $0 + $1.weight }
    let guided = combination(
      [(1 - scale * total, unconditional)] + conditional.map { (scale * $0.weight, $0.values) })
    guard rescale != 0, let prompt = conditional.first?.values else { return guided }
    let count = max(1, guided.count / max(1, pictureCount))
    return stride(from: 0, to: guided.count, by: count).flatMap { start -> [Float] in
      let picture = start..<min(start + count, guided.count)
      return rescaled(Array(guided[picture]), by: Array(prompt[picture]))
    }
  }

  private func rescaled(_ guided: [Float], by prompt: [Float]) -> [Float] {
    let deviation = Self.deviation(guided)
    guard deviation > 0 else { return guided }
    return combination((rescale * Self.deviation(prompt) / deviation + 1 - rescale, guided))
  }

  /// The standard deviation with one degree of freedom less, as torch has it.
  private static func deviation(_ values: [Float]) -> Double {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(max(1, values.count - 1))).squareRoot()
  }
}
