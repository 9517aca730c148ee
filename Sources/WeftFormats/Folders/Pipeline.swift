import WeftTensors

/// The small files that make the weights of an architecture a model of diffusers.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.30.0/src/diffusers/pipelines/pipeline_utils.py
struct Pipeline: Sendable {
  /// A part of the folder, with a sub-folder of its own.
  struct Component: Sendable {
    let name: String
    let content: Content?
  }

  /// What a part is; a part without content is written as absent.
  struct Content: Sendable {
    /// The Python library that has the class, `diffusers` or `transformers`.
    let library: String
    /// The class, or nil when the configuration names it.
    let className: String?
    /// The component of weights that the part comes and goes with; nil for one that has weights.
    let owner: String?
    /// The vocabulary of a tokenizer, or nil.
    let vocabulary: String?
  }

  /// A file with its template.
  struct File: Sendable {
    let path: String
    let template: ConfigTemplate

    /// The sub-folder that the file is in.
    var folder: String { String(path.prefix { $0 != "/" }) }
  }

  /// What is taken of a text encoder.
  struct Text: Sendable {
    let component: String
    let states: TextRules.States
    let isPooled: Bool
  }

  /// The architecture, or a family of them.
  let id: String
  /// The entries of `model_index.json` beside the parts.
  let index: ConfigTemplate
  let components: [Component]
  /// Dimensions for components that do not state them.
  let defaults: [String: Dimensions]
  let files: [File]
  /// What is taken of each text encoder, in the order in which their features stand side by side.
  let texts: [Text]
  let signs: [PredictionSign]
  /// What most models of the kind predict, and words to say so.
  let usual: (prediction: Prediction, says: String)

  /// The component of weights whose dimensions a sub-folder's files are made of.
  func owner(of folder: String) -> String {
    components.first { $0.name == folder }?.content?.owner ?? folder
  }
}

extension FormatLibrary {
  /// The pipeline of an architecture, or of the one that it is like.
  func pipeline(for architecture: Architecture) throws(FormatError) -> Pipeline {
    var next: Architecture? = architecture
    while let current = next {
      if let pipeline = pipelines[current.id] { return pipeline }
      // An architecture comes after the one that it is like, so the walk ends.
      next = current.like.flatMap { like in self.architecture(like) }
    }
    throw .noPipeline(architecture: architecture.id)
  }
}
