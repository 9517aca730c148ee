package import WeftFormats
package import WeftKernels
package import WeftNetworks
import WeftTensors

/// Makes of prompts what a model's UNet takes.
package struct PromptEncoder: Sendable {
  private let encoders: [PromptTextEncoder]
  private let prompts: PromptTokenizer
  private let zeroesAbsentPrompt: Bool
  private let backend: any Backend

  /// Takes encoders that are loaded.
  ///
  /// - Parameters:
  ///   - networks: the encoders in the order of the rules.
  ///   - rules: what the model takes of them.
  ///   - tokenizer: the encoders' own.
  ///   - backend: what computes.
  ///   - style: whose way of writing prompts is followed.
  ///   - clipSkip: which layer's states are taken, counted from the last one, which is 1; nil for what the model was
  ///     trained with.
  ///   - embeddings: textual inversions.
  /// - Throws: for a layer that is not there, and for embeddings of another architecture.
  package init(
    _ networks: [TextEncoder], _ rules: TextRules, _ tokenizer: CLIPTokenizer,
    backend: any Backend, style: PromptStyle, clipSkip: Int? = nil,
    embeddings: [PromptEmbedding] = []
  ) throws {
    encoders = try zip(networks, rules.encoders).map {
      try PromptTextEncoder($0, $1, tokenizer, clipSkip: clipSkip, embeddings: embeddings)
    }
    let length = encoders.map(\.length).min() ?? 0
    guard length > 2 else {
      throw PromptError(
        "the text encoders have no places for tokens", at: nil, advice: "give a whole model")
    }
    prompts = try PromptTokenizer(
      tokenizer, style: style, length: length,
      words: embeddings.map { ($0.word, $0.vectors.count) })
    zeroesAbsentPrompt = rules.zeroesAbsentPrompt
    self.backend = backend
  }

  /// Encodes a prompt and a negative one for so many steps.
  ///
  /// In the style of the web UI, adapters that are written in the prompt must have been taken out with `TaggedPrompt`.
  ///
  /// - Parameters:
  ///   - prompt: the prompt.
  ///   - negative: the negative prompt; nil when none is given.
  ///   - steps: the number of steps, of which schedules can be parts.
  /// - Returns: conditionings of one length.
  /// - Throws: for prompts with too many open brackets, and when the encoders cannot compute.
  package func encode(
    _ prompt: String, negative: String?, steps: Int
  ) throws -> EncodedPrompt {
    let positives = try prompts.plans(of: prompt, steps: steps)
    let isAbsent = isZero(negative)
    let plans =
      try positives + (isAbsent ? [] : [prompts.plan(ofNegative: negative ?? "", steps: steps)])
    let chunks = plans.flatMap { $0.texts.flatMap(\.chunks) }
    let states = try StateTable(chunks, prompts, encoders, backend)
    var contexts = plans.flatMap { self.contexts(of: $0, states) }
    var timelines = self.timelines(of: plans)
    if isAbsent {
      timelines.append(.init(weight: 1, entries: [(steps, contexts.count)]))
      contexts.append(states.zeros)
    }
    let length = contexts.map(\.chunkCount).commonLength
    let empty = states.emptyContext
    return EncodedPrompt(
      conditionings: contexts.map { $0.extended(to: length, with: empty).conditioning },
      parts: timelines.dropLast(), negative: timelines[timelines.count - 1],
      texts: positives.flatMap(\.texts),
      negativeTexts: plans.dropFirst(positives.count).flatMap(\.texts),
      notes: plans.flatMap(\.notes))
  }
}

extension PromptEncoder {
  /// The contexts of the texts of a prompt.
  private func contexts(of plan: PromptPlan, _ states: StateTable) -> [PromptContext] {
    var parts = plan.texts.map { _ in [PromptContext]() }
    for place in plan.texts[0].chunks.indices {
      let made = states.contexts(of: plan.texts.map { $0.chunks[place] }, style: prompts.style)
      for (text, context) in made.enumerated() { parts[text].append(context) }
    }
    return parts.map(PromptContext.init(joining:))
  }

  /// Whether zeros take the place of a negative prompt: in diffusers of one that is not given, and only for some models;
  /// in the web UI of an empty one, for all models that take pooled text.
  ///
  /// Sources: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py
  /// and https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/sd_models_xl.py
  private func isZero(_ negative: String?) -> Bool {
    switch prompts.style {
    case .a1111:
      encoders.contains(where: \.isPooled) && prompts.withoutComments(negative ?? "").isEmpty
    case .comfyui: false
    case .plain: negative == nil && zeroesAbsentPrompt
    }
  }

  /// When which text of each plan is taken; texts are numbered through all plans.
  private func timelines(of plans: [PromptPlan]) -> [EncodedPrompt.Timeline] {
    var first = 0
    return plans.map { plan in
      defer { first += plan.texts.count }
      return .init(
        weight: Float(plan.weight), entries: plan.entries.map { ($0.end, first + $0.text) })
    }
  }
}
