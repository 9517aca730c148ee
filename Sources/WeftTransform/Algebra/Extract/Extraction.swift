package import WeftFiles
package import WeftFormats
import WeftTensors

/// The difference of two models, ready to be written as an adapter: everything that headers tell.
package struct Extraction: Sendable {
  /// Tensors whose differences are not extracted, and why.
  package struct Omission: Sendable {
    /// Whose they are.
    package let component: String
    /// How many.
    package let count: Int
    /// Why.
    package let reason: String
  }

  /// What the user asked for.
  package let recipe: ExtractRecipe
  /// The model that was tuned.
  package let tuned: BaseModel
  /// The model that it was tuned from.
  package let base: BaseModel
  /// What is left out.
  package let omissions: [Omission]
  let spelling: AdapterSpelling
  let changes: [TensorChange]

  /// The models.
  package var checkpoints: [Checkpoint] { [tuned.checkpoint, base.checkpoint] }
  /// The size of the differences, for progress.
  package var byteCount: Int {
    changes.reduce(0) { $0 + $1.rows * $1.columns * $1.dtype.width }
  }

  /// Opens both models and pairs their tensors, or throws what does not agree.
  package static func plan(_ recipe: ExtractRecipe, library: FormatLibrary) throws -> Extraction {
    let spelling = try library.requiredSpelling(recipe.form.spelling)
    let tuned = try BaseModel.open(recipe.tunedPath, library: library)
    let base = try BaseModel.open(recipe.basePath, library: library)
    guard tuned.architectureID == base.architectureID,
      let architecture = base.recognition.architecture
    else {
      throw TransformError.refused(
        "the tuned model is \(tuned.architectureID), but the base is \(base.architectureID)",
        at: recipe.tunedPath, advice: "give the model that it was tuned from with --base")
    }
    let pairs = try ModelPairing(
      tuned: tuned, base: base, wanted: recipe.components, spelling: spelling,
      architecture: architecture)
    let changes = try pairs.changes(dtype: recipe.form.dtype)
    return Extraction(
      recipe: recipe, tuned: tuned, base: base, omissions: pairs.omissions, spelling: spelling,
      changes: changes)
  }

  /// Computes the adapter and writes it.
  ///
  /// - Parameters:
  ///   - path: where it appears.
  ///   - options: how to work.
  ///   - progress: is told how many more bytes were done.
  /// - Returns: what was written.
  /// - Throws: when the models are equal, or a value is not finite; there is no output then.
  package func run(
    to path: String, options: RunOptions, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> CompositionReport {
    guard let architecture = base.recognition.architecture else { return .nothing }
    var form = recipe.form
    form.foldsScales = !spelling.hasAlpha
    let writing = AdapterWriting(
      spelling: spelling, architecture: architecture, shapes: { base.stored[$0]?.shape },
      options: options)
    try writing.requireNames(changes.map(\.target.module))
    let composer = AdapterComposer(
      form: form, dropsEqual: true, threads: options.threads,
      allowsNonFinite: options.allowsNonFinite)
    let composed = try composer.compose(
      changes, spool: try SpoolFile(beside: path), progress: progress)
    guard !composed.tensors.isEmpty else {
      throw TransformError.refused(
        "the models do not differ in what is compared", at: recipe.tunedPath,
        advice: "give the tuned model first and its own base after --base")
    }
    try NonFiniteValues.check(composed.tallies) { _ in recipe.tunedPath }
    let summary = try writing.write(
      composed.tensors, to: path, metadata: try metadata(), inputs: checkpoints, progress: { _ in })
    return CompositionReport(layers: composed.layers, composed.tallies, summary)
  }

  private func metadata() throws -> [String: String] {
    AdapterMetadata.entries(
      operation: "extract",
      [
        JSONValue.Member("tuned", try tuned.checkpoint.parentsValue()),
        JSONValue.Member("base", try base.checkpoint.parentsValue()),
        JSONValue.Member("architecture", .string(base.architectureID)),
      ]
        + (recipe.components.isEmpty
          ? [] : [JSONValue.Member("components", .strings(recipe.components))])
        + recipe.form.recipeMembers)
  }
}

extension FormatLibrary {
  /// The spelling of a name, or an error that lists those that there are.
  func requiredSpelling(_ id: String) throws -> AdapterSpelling {
    if let spelling = spelling(id) { return spelling }
    throw RecipeError(
      argument: id,
      what: "there is no such naming; there are \(spellings.map(\.id).joined(separator: ", "))")
  }
}
