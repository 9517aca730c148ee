import WeftFiles
package import WeftFormats
package import WeftKernels
import WeftNetworks
import WeftTensors
package import WeftTransform

extension PromptEncoder {
  /// Loads the text encoders of a model.
  ///
  /// - Parameters:
  ///   - model: the model, with or without adapters.
  ///   - library: the known formats.
  ///   - reader: reads the values.
  ///   - backend: what computes.
  ///   - keepsWeights: whether the weights of layers stay as they are stored where that is smaller.
  ///   - style: whose way of writing prompts is followed.
  ///   - clipSkip: which layer's states are taken, counted from the last one as in the web UI: 1 is the last, 2 the one
  ///     before it. Nil is what the model was trained with, which is 1 for Stable Diffusion 1 and 2 for 2 and XL.
  ///   - embeddings: textual inversions.
  /// - Throws: for a model without its text encoders, a layer that is not there, and embeddings of another architecture.
  package init(
    _ model: AdaptedModel, library: FormatLibrary, reader: ValueReader, backend: any Backend,
    keepsWeights: Bool = false, style: PromptStyle, clipSkip: Int? = nil,
    embeddings: [PromptEmbedding] = []
  ) throws {
    guard let architecture = model.base.recognition.architecture else {
      throw PromptError(
        "the architecture of the model is not known", at: model.base.checkpoint.path,
        advice: "see what it is with weft inspect")
    }
    let rules = try library.textRules(architecture)
    let networks = try rules.encoders.map { rule in
      let found = try Self.component(
        rule.component, of: model, library: library, reader: reader, keepsWeights: keepsWeights)
      return try TextEncoder(found.source, found.configuration, backend)
    }
    try self.init(
      networks, rules, try CLIPTokenizer(library), backend: backend, style: style,
      clipSkip: clipSkip, embeddings: embeddings)
  }

  private static func component(
    _ name: String, of model: AdaptedModel, library: FormatLibrary, reader: ValueReader,
    keepsWeights: Bool
  ) throws -> ComponentModel {
    guard model.base.components.contains(name),
      let kind = ComponentKind.all.first(where: { $0.component == name })
    else {
      throw PromptError(
        "the model has no '\(name)', which makes of a prompt what the UNet takes",
        at: model.base.checkpoint.path, advice: "give a whole checkpoint or a diffusers folder",
        status: .noInput)
    }
    return try ComponentModel(
      kind, of: model, configPath: nil, library: library, reader: reader,
      keepsWeights: keepsWeights)
  }
}
