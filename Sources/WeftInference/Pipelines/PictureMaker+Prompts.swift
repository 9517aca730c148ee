import WeftFiles
import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

extension PictureMaker {
  /// Encodes the prompts of a request for a run of so many steps.
  func encoded(
    _ request: PictureRequest, _ models: PictureModels, stepCount: Int
  ) throws -> EncodedPrompt {
    let text = request.text
    let prompts = try encoder(models, text).encode(
      request.prompt, negative: request.negative, steps: stepCount)
    for note in prompts.notes { try events(.note(note)) }
    // diffusers takes the usual layer for what is not wanted.
    guard text.style == .plain, text.clipSkip != nil else { return prompts }
    return prompts.withNegative(
      of: try encoder(models, text.withoutSkip).encode(
        request.prompt, negative: request.negative, steps: stepCount))
  }

  /// The text encoders of a model, loaded, with the tokenizer.
  private func encoder(_ models: PictureModels, _ text: TextOptions) throws -> PromptEncoder {
    let model = models.encoders ?? models.model
    guard let architecture = models.model.base.recognition.architecture else {
      throw InferenceError(
        status: .refused, what: "it is not known which text encoders this model needs",
        place: models.path, advice: "use a model that weft inspect names")
    }
    let rules = try shelf.library.textRules(architecture)
    let encoders = try rules.encoders.map { try loaded($0, of: model) }
    guard let first = encoders.first else {
      throw InferenceError(
        status: .refused, what: "\(architecture.title) has no text encoders", place: models.path,
        advice: "use a model that makes pictures of prompts")
    }
    return try PromptEncoder(
      encoders.map(\.network), rules,
      try CLIPTokenizer(shelf.library),
      backend: first.pass.backend, style: text.style, clipSkip: text.clipSkip,
      embeddings: text.embeddings)
  }

  private func loaded(
    _ encoder: TextRules.Encoder, of model: AdaptedModel
  ) throws -> ReadyNetwork<TextEncoder> {
    let kind =
      encoder.component == ComponentKind.textEncoder2.component
      ? ComponentKind.textEncoder2 : .textEncoder
    return try shelf.network(kind, of: model, or: "--encoders") { try TextEncoder($0, $1, $2) }
  }
}
