import WeftFormats
import WeftInference
import WeftTensors

/// What `weft tokenize` prints.
struct TokenizedText {
  let command: TokenizeCommand
  let prompts: PromptTokenizer
  let encoders: [TextRules.Encoder]
  let plans: [PromptPlan]
  let adapters: [AdapterTag]
  let notes: [String]

  /// The lines for people.
  var lines: [String] {
    let tags = adapters.map {
      "adapter \($0.name): UNet \($0.unetScale), text encoders \($0.textEncoderScale)"
    }
    return (tags + plans.flatMap(lines)).map(printable)
  }

  private func lines(_ plan: PromptPlan) -> [String] {
    plan.texts.enumerated().flatMap { index, text in
      var title = text.length
      if plan.texts.count > 1 {
        title += ", up to step " + lastSteps(index, plan).map { "\($0)" }.joined(separator: ", ")
      }
      if plans.count > 1 { title += ", weight \(plan.weight)" }
      return [title] + text.chunks.enumerated().flatMap { lines($1, number: $0 + 1, of: text) }
    }
  }

  private func lines(_ chunk: PromptChunk, number: Int, of text: PromptPlan.Text) -> [String] {
    let title = "chunk \(number): \(chunk.tokenCount) of \(prompts.length - 2) tokens"
    let tokens = tokens(of: chunk).map { id, weight in
      let number = "\(id)"
      return String(repeating: " ", count: max(0, 7 - number.count)) + number + "  "
        + prompts.piece(of: id) + (weight == 1 ? "" : "  × \(Float(weight))")
    }
    return (text.chunks.count > 1 ? [title] : []) + tokens
  }

  /// The prompt's own tokens.
  private func tokens(of chunk: PromptChunk) -> [(id: Int, weight: Double)] {
    Array(zip(chunk.ids, chunk.weights).dropFirst().prefix(chunk.tokenCount))
  }

  private func lastSteps(_ text: Int, _ plan: PromptPlan) -> [Int] {
    plan.entries.filter { $0.text == text }.map(\.end)
  }
}

extension TokenizedText {
  /// The object for programs.
  var json: JSONValue {
    .object([
      "model": .string(command.model), "style": .string(command.promptStyle.rawValue),
      "steps": .integer(command.steps),
      "adapters": .array(
        adapters.map {
          .object([
            "name": .string($0.name), "unet": .number($0.unetScale),
            "text_encoder": .number($0.textEncoderScale),
          ])
        }),
      "prompts": .array(plans.map(json)), "notes": .strings(notes),
    ])
  }

  private func json(_ plan: PromptPlan) -> JSONValue {
    let texts = plan.texts.enumerated().map { index, text in
      JSONValue.object([
        "text": .string(text.text),
        "last_steps": .array(lastSteps(index, plan).map(JSONValue.integer)),
        "chunks": .array(text.chunks.map(json)),
      ])
    }
    return .object(["weight": .number(plan.weight), "texts": .array(texts)])
  }

  private func json(_ chunk: PromptChunk) -> JSONValue {
    let tokens = tokens(of: chunk).map { id, weight in
      JSONValue.object([
        "id": .integer(id), "text": .string(prompts.piece(of: id)), "weight": .number(weight),
      ])
    }
    let ids = encoders.map { encoder in
      JSONValue.Member(
        encoder.component, .array(prompts.ids(of: chunk, for: encoder).map(JSONValue.integer)))
    }
    return .object(["tokens": .array(tokens), "ids": .object(ids)])
  }
}
