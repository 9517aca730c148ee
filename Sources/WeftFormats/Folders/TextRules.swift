import WeftTensors

/// What a model takes of its text encoders.
package struct TextRules: Sendable {
  /// Which of an encoder's states is taken; they are counted from its last layer, which is 1.
  package struct States: Sendable {
    /// The number of the last state that is computed: folders of Stable Diffusion 2 end a layer early.
    package let last: Int
    /// The number of the state that the model was trained with.
    package let usual: Int
    /// Whether the final norm is applied to it.
    package let isNormalized: Bool
  }

  /// What is taken of one encoder.
  package struct Encoder: Sendable {
    /// The component, such as `text_encoder`.
    package let component: String
    /// The vocabulary of its tokenizer, such as `clip`.
    package let vocabulary: String
    /// The token that fills a text up.
    package let padding: String
    /// Which of its states are taken.
    package let states: States
    /// Whether the model takes its projected row at the end of a text, too.
    package let isPooled: Bool
  }

  /// The encoders in the order in which their features stand side by side.
  package let encoders: [Encoder]
  /// Whether diffusers has zeros in the place of a negative prompt that is not given.
  package let zeroesAbsentPrompt: Bool
}

extension FormatLibrary {
  /// What models of an architecture take of their text encoders.
  package func textRules(_ architecture: Architecture) throws(FormatError) -> TextRules {
    let pipeline = try pipeline(for: architecture)
    var encoders: [TextRules.Encoder] = []
    for text in pipeline.texts {
      let tokenizer = pipeline.components.first {
        $0.content?.owner == text.component && $0.content?.vocabulary != nil
      }
      guard let tokenizer, let vocabulary = tokenizer.content?.vocabulary,
        let padding = try padding(of: tokenizer.name, text.component, architecture)
      else {
        throw .malformed(
          file: "pipelines/\(pipeline.id).json", what: "'\(text.component)' has no tokenizer")
      }
      encoders.append(
        TextRules.Encoder(
          component: text.component, vocabulary: vocabulary, padding: padding, states: text.states,
          isPooled: text.isPooled))
    }
    let index = try pipeline.index.rendered(
      in: Scope(dimensions: Prediction.epsilon.dimensions))
    return TextRules(
      encoders: encoders,
      zeroesAbsentPrompt: index?["force_zeros_for_empty_prompt"]?.bool ?? false)
  }

  /// The token with which a tokenizer fills texts up.
  private func padding(
    of tokenizer: String, _ component: String, _ architecture: Architecture
  ) throws(FormatError) -> String? {
    let renderer = try FolderRenderer(
      self, architecture, components: [component], dimensions: [:], prediction: .epsilon)
    let path = "\(tokenizer)/tokenizer_config.json"
    guard let file = renderer.pipeline.files.first(where: { $0.path == path }) else { return nil }
    return try renderer.value(of: file)["pad_token"]?.text
  }
}
