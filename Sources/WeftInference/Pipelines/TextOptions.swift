import WeftTensors

/// How prompts are read and encoded.
package struct TextOptions: Sendable {
  /// Whose way of writing prompts is followed.
  package var style = PromptStyle.a1111
  /// The layer whose states are taken, counted from the last, which is 1; nil for what the model was trained with.
  package var clipSkip: Int?
  /// Textual inversions.
  package var embeddings: [PromptEmbedding] = []

  /// Reads prompts as A1111 does.
  package init() {}

  /// The same with the layer that the model was trained with.
  var withoutSkip: TextOptions {
    var options = self
    options.clipSkip = nil
    return options
  }

  /// Takes the style and the layer of settings.
  ///
  /// - Throws: for a style that is not known.
  package init(
    _ settings: PictureSettings, embeddings: [PromptEmbedding] = []
  ) throws(InferenceError) {
    if let name = settings.promptStyle {
      guard let style = PromptStyle(rawValue: name) else {
        throw InferenceError(
          status: .usage, what: "there is no way '\(name)' to read prompts",
          place: "--prompt-style",
          advice: "there are \(PromptStyle.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self.style = style
    }
    clipSkip = settings.clipSkip
    self.embeddings = embeddings
  }
}
