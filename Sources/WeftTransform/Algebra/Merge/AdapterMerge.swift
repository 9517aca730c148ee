package import WeftFiles
package import WeftFormats
import WeftKernels
import WeftTensors

/// Several adapters as one, or one adapter in another form, ready to be written.
///
/// The result does to a model what the adapters do together, in float64 and rounded once to the type of its tensors:
/// low-rank products stand side by side, everything else becomes a difference or is factored anew.
package struct AdapterMerge: Sendable {
  /// What the user asked for.
  package let recipe: AdapterMergeRecipe
  /// What becomes of the adapters' tensors.
  package let adapters: [AdapterPlan]
  /// The architecture that the adapters are for.
  package let architecture: Architecture
  /// Everything that is read.
  package let checkpoints: [Checkpoint]
  let spelling: AdapterSpelling
  let program: AdapterProgram?
  let changes: [TensorChange]
  /// Modules that only get other names.
  let renamed: [ComposedTensor]
  let shapes: [CanonicalName: Shape]
  private let parents: [JSONValue.Member]
  private let metadata: [String: String]

  /// The size of the changes, for progress.
  package var byteCount: Int {
    changes.reduce(0) { $0 + $1.rows * $1.columns * $1.dtype.width }
  }

  /// What the program that is to read the result passes over, with numbers; empty when it reads everything.
  package func unread(_ report: AdapterMergeReport) -> [String: Int] {
    guard let program else { return [:] }
    return report.roleCounts.filter { !program.roles.contains($0.key) }
  }

  /// The name of the program for people.
  package var programTitle: String { program?.title ?? "" }
}

extension AdapterMerge {
  /// Opens the adapters and finds out what each tensor does.
  package static func plan(
    _ recipe: AdapterMergeRecipe, library: FormatLibrary
  ) throws -> AdapterMerge {
    let sources = try recipe.adapters.map { try AdapterSource.open($0, library: library) }
    let program = try recipe.program.map { try library.requiredProgram($0) }
    let spelling = try library.requiredSpelling(program?.naming ?? recipe.form.spelling)
    let model = try MergeModel.open(recipe.basePath, for: sources, library: library)
    let resolver = ModuleResolver(
      base: model.base, normBase: nil, aliases: try model.base.aliases(library: library),
      recipe: fuseRecipe(recipe), library: library)
    let families = FamilyKeeper(resolver: resolver, isWanted: recipe.keepsFamilies)
    let resolved = try sources.map(families.computed)
      .filter { $0.parts.contains { !$0.reading.modules.isEmpty } }
      .map { try resolve($0, by: resolver, hasBase: recipe.basePath != nil) }
    let builder = ChangeBuilder(base: model.base, isBlank: recipe.basePath == nil)
    return AdapterMerge(
      recipe: recipe, adapters: resolved.map(\.plan), architecture: model.architecture,
      checkpoints: sources.flatMap { $0.parts.map(\.checkpoint) }
        + (recipe.basePath == nil ? [] : [model.base.checkpoint]),
      spelling: spelling, program: program,
      changes: try builder.changes(resolved.flatMap(\.contributions)),
      renamed: try sources.flatMap(families.renamed),
      shapes: model.base.stored.mapValues(\.shape),
      parents: try parents(sources, model: model, hasBase: recipe.basePath != nil),
      metadata: sources.count == 1 ? sources.first?.parts.first?.checkpoint.metadata ?? [:] : [:])
  }

  /// What an adapter does; without its model the architecture is a guess, which a refusal says.
  private static func resolve(
    _ source: AdapterSource, by resolver: ModuleResolver, hasBase: Bool
  ) throws -> (contributions: [Contribution], plan: AdapterPlan) {
    do {
      return try resolver.resolve(source)
    } catch let error as TransformError where error.status == .refused && !hasBase {
      throw TransformError.refused(
        error.what, at: error.place,
        advice: "\(error.advice), or give the model that they are for with --base")
    }
  }

  private static func fuseRecipe(_ recipe: AdapterMergeRecipe) -> FuseRecipe {
    var fuse = FuseRecipe(basePath: recipe.basePath ?? "", adapters: recipe.adapters)
    fuse.normMode = recipe.normMode
    fuse.alphaZero = recipe.alphaZero
    fuse.output.allowedUnmatched = recipe.allowedUnmatched
    return fuse
  }

  private static func parents(
    _ sources: [AdapterSource], model: MergeModel, hasBase: Bool
  ) throws -> [JSONValue.Member] {
    let adapters = try sources.map { source in
      JSONValue.object([
        "files": .array(
          try source.parts.flatMap { try $0.checkpoint.parentsValue().elements ?? [] }),
        "unet": .number(source.request.unetScale),
        "te": .number(source.request.textEncoderScale),
        "norm": .number(source.request.normWeight),
        "lbw": source.request.blockWeights.map(JSONValue.string),
        "lbw_rest": source.request.blockRest.map(JSONValue.number),
        "lbw_resadapter": source.request.weighsResAdapter ? .bool(true) : nil,
      ])
    }
    return [
      JSONValue.Member("adapters", .array(adapters)),
      JSONValue.Member("architecture", .string(model.architecture.id)),
    ]
      + (hasBase
        ? [JSONValue.Member("base", try model.base.checkpoint.parentsValue())] : [])
  }
}

extension AdapterMerge {
  /// Computes the adapter and writes it.
  package func run(
    to path: String, options: RunOptions, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> AdapterMergeReport {
    let writing = AdapterWriting(
      spelling: spelling, architecture: architecture, shapes: { shapes[$0] }, options: options)
    try writing.requireNames(changes.map(\.target.module) + renamed.map(\.module))
    let composer = AdapterComposer(
      form: written, dropsEqual: false, threads: options.threads,
      allowsNonFinite: options.allowsNonFinite)
    let composed = try composer.compose(
      changes, spool: try SpoolFile(beside: path), progress: progress)
    let tensors = composed.tensors + renamed
    guard !tensors.isEmpty else {
      throw TransformError.refused(
        "the adapter would be empty: all strengths are 0",
        at: recipe.adapters.map(\.path).joined(separator: ", "),
        advice: "give a strength after the adapter's path, as in PATH:0.8")
    }
    try NonFiniteValues.check(composed.tallies) { _ in recipe.adapters.first?.path }
    let summary = try writing.write(
      tensors, to: path, metadata: entries, inputs: checkpoints, progress: { _ in })
    return AdapterMergeReport(
      composition: CompositionReport(layers: composed.layers, composed.tallies, summary),
      renamedCount: Set(renamed.map(\.module)).count, roleCounts: writing.roleCounts(tensors))
  }

  /// The form with the spelling that the program has chosen.
  private var written: AdapterForm {
    var form = recipe.form
    form.spelling = spelling.id
    form.foldsScales = !spelling.hasAlpha
    return form
  }

  private var entries: [String: String] {
    AdapterMetadata.entries(
      operation: "adapter-merge", parents + written.recipeMembers, keeping: kept)
  }

  /// How the keys start that describe lists of modules known by their places.
  private static let listKeys = ["unet", "text_encoder"]

  /// A single parent's pairs, without those that configure names and ranks which are no longer there.
  private var kept: [String: String] {
    metadata.filter { key, _ in
      key != AdapterConfigs.metadataKey && key != "ss_network_dim" && key != "ss_network_alpha"
        && key != OutputMetadata.recipeKey && !Self.listKeys.contains(where: key.hasPrefix)
    }
  }
}

/// What was written of adapters that became one.
package struct AdapterMergeReport: Sendable {
  /// The layers that were composed.
  package let composition: CompositionReport
  /// How many modules kept their family and got another name.
  package let renamedCount: Int
  /// The numbers of tensors by role.
  package let roleCounts: [String: Int]
}

extension FormatLibrary {
  /// The program of a name, or an error that lists those that there are.
  func requiredProgram(_ id: String) throws -> AdapterProgram {
    if let program = programs.first(where: { $0.id == id }) { return program }
    throw RecipeError(
      argument: id,
      what: "there is no such program; there are \(programs.map(\.id).joined(separator: ", "))")
  }
}
