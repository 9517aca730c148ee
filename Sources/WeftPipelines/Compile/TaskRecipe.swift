package import WeftRecipes

/// What is done to one model: the passes that write its outputs, and what is asked about it and them.
package struct TaskRecipe: Sendable {
  /// A proof of a pass's outputs.
  package struct Proof: Sendable {
    /// The name of the step.
    package let step: String
    /// The pass.
    package let pass: Int
    /// How closely to look.
    package let verification: PipelineVerification
  }

  /// A report, with the paths of its files below the folder of the outputs.
  package struct Report: Sendable {
    /// The name of the step.
    package let step: String
    /// The JSON file; nil for none.
    package let json: String?
    /// The HTML page; nil for none.
    package let html: String?
  }

  /// Whether the model must be safe to load.
  package var isScanned = false
  /// The passes; each comes after the one whose output it reads.
  package var passes: [ModelPass] = []
  /// The proofs.
  package var proofs: [Proof] = []
  /// The reports.
  package var reports: [Report] = []

  /// The paths of everything that is written, below the folder of the outputs.
  package var outputPaths: [String] {
    passes.flatMap { $0.outputs.map(\.path) }
      + reports.flatMap { [$0.json, $0.html].compactMap(\.self) }
  }
}
