/// What becomes of many models: which ones, and the steps that each of them goes through.
///
/// Texts that hold variables have their values already, but for the built-in ones of `NameTemplate`, which differ from model
/// to model. Paths are as they were written: those that are not absolute count from the pipeline's folder.
package struct Pipeline: Sendable, Equatable {
  /// The models, in the order of the text.
  package var inputs: [PipelineInput] = []
  /// Patterns of inputs that are left out.
  package var excluded: [PipelinePattern] = []
  /// The folder that the outputs go to.
  package var outputFolder: String
  /// The steps by name; each comes after the one that it takes.
  package var steps: [PipelineStep] = []

  /// Makes a pipeline.
  package init(outputFolder: String) { self.outputFolder = outputFolder }

  /// The step of a name, or nil.
  package func step(_ name: String) -> PipelineStep? { steps.first { $0.name == name } }
}

/// Where models come from.
package struct PipelineInput: Sendable, Equatable {
  /// The ways to name models.
  package enum Source: Sendable, Equatable {
    /// The paths that a glob fits; a path without `*`, `?` and `[` stands for itself.
    case glob(String)
    /// A file with a path a line.
    case list(String)
  }

  /// What was written.
  package var source: Source
  /// Where it was written.
  package var position: SourcePosition?

  /// Makes an input.
  package init(_ source: Source, at position: SourcePosition? = nil) {
    self.source = source
    self.position = position
  }

  /// Whether the sources are equal, wherever they are in a text.
  package static func == (left: PipelineInput, right: PipelineInput) -> Bool {
    left.source == right.source
  }
}

/// A glob over paths, and where it was written.
package struct PipelinePattern: Sendable, Equatable {
  /// The glob.
  package var glob: String
  /// Where it was written.
  package var position: SourcePosition?

  /// Makes a pattern.
  package init(_ glob: String, at position: SourcePosition? = nil) {
    self.glob = glob
    self.position = position
  }

  /// Whether the globs are equal, wherever they are in a text.
  package static func == (left: PipelinePattern, right: PipelinePattern) -> Bool {
    left.glob == right.glob
  }
}
