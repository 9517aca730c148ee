package import WeftFormats

/// A pipeline's text, read; it gives the pipeline of each input.
package struct PipelineDocument: Sendable {
  /// The most values of steps that are read again, over all overrides that change steps.
  private static let maximumWork = 1_000_000

  /// The file, for errors.
  package let path: String
  /// The YAML, as it was read.
  package let text: [UInt8]
  /// The pipeline without overrides.
  package let pipeline: Pipeline
  private let reader: PipelineReader
  private let variables: [RecipeNode.Entry]
  private let steps: [RecipeNode.Entry]
  private let overrides: [PipelineOverride]

  /// The number of overrides.
  package var overrideCount: Int { overrides.count }

  /// Reads a pipeline file.
  ///
  /// - Throws: `RecipeProblem` with the line and the column, and `FileError` when there is no such file.
  package static func read(_ path: String, library: FormatLibrary) throws -> PipelineDocument {
    try PipelineDocument(
      yaml: YAMLText.bytes(RecipeOrigin(path: path, kind: .pipeline)), path: path,
      library: library)
  }

  /// Reads the text of a pipeline, and checks it without overrides and with each of them; `path` is for errors.
  package init(yaml: [UInt8], path: String, library: FormatLibrary) throws(RecipeProblem) {
    let origin = RecipeOrigin(path: path, kind: .pipeline)
    let reader = PipelineReader(origin: origin, library: library)
    let document = try reader.document(YAMLText.parse(yaml, origin: origin))
    let variables = try reader.variables(document)
    let steps = try reader.steps(document)
    var values = try PipelineVariables(variables, origin: origin)
    var pipeline = try reader.frame(document, &values)
    pipeline.steps = try reader.steps(variables, steps)
    let overrides = try reader.overrides(
      document, variables: variables, steps: steps, &values)
    self.path = path
    self.text = yaml
    self.pipeline = pipeline
    self.reader = reader
    self.variables = variables
    self.steps = steps
    self.overrides = overrides
    try check(fixed: values.used)
  }

  /// The overrides that fit an input, in the order of the text.
  ///
  /// The input's path is as the pipeline names it: from the pipeline's folder, or absolute.
  package func overrides(fitting input: String) -> [Int] {
    let names = PathNames(input)
    return overrides.indices.filter { overrides[$0].glob.fits(names) }
  }

  /// The pipeline with the values and keys of some of the overrides, and without the steps that they skip; later ones go
  /// before earlier ones.
  ///
  /// The steps are read anew: those who ask for many inputs ask once for all with the same overrides.
  package func pipeline(overrides indices: [Int]) throws(RecipeProblem) -> Pipeline {
    var result = pipeline
    let chosen = indices.map { overrides[$0] }
    do throws(RecipeProblem) {
      result.steps = try steps(chosen)
    } catch {
      throw error.adding(chosen.compactMap(\.position?.line))
    }
    return result
  }

  /// The steps with some overrides.
  private func steps(_ chosen: [PipelineOverride]) throws(RecipeProblem) -> [PipelineStep] {
    let skipped = chosen.flatMap(\.skipped)
    guard chosen.contains(where: \.changesSteps) else {
      return try PipelineLinker(pipeline.steps, origin: reader.origin).linked(skipping: skipped)
    }
    var (variables, steps) = (variables, steps)
    for override in chosen { override.apply(variables: &variables, steps: &steps) }
    return try reader.steps(variables, steps, skipping: skipped)
  }

  /// Checks every override by itself; `fixed` are the variables that decide what the inputs and outputs are.
  private func check(fixed: Set<String>) throws(RecipeProblem) {
    let changing = overrides.filter(\.changesSteps)
    let valueCount = steps.reduce(0) { $0 + $1.value.count }
    guard changing.isEmpty || valueCount <= Self.maximumWork / changing.count else {
      throw reader.origin.malformed(
        "\(changing.count) overrides of steps with \(valueCount) values are too many together",
        at: changing.first?.position, advice: "make several pipelines of this one")
    }
    for (index, override) in overrides.enumerated() {
      for variable in override.variables where fixed.contains(variable.key) {
        throw reader.origin.refused(
          "an override sets '\(variable.key)', by which the inputs, the outputs or the globs of overrides are named",
          at: variable.position, advice: "use another variable in the steps")
      }
      _ = try pipeline(overrides: [index])
    }
  }
}

extension RecipeNode {
  /// The number of values in a value, itself included.
  fileprivate var count: Int {
    switch kind {
    case .scalar: 1
    case .list(let elements): elements.reduce(1) { $0 + $1.count }
    case .map(let entries): entries.reduce(1) { $0 + $1.value.count }
    }
  }
}

extension RecipeProblem {
  /// The problem as one that there is with overrides in those lines.
  fileprivate func adding(_ lines: [Int]) -> RecipeProblem {
    guard !lines.isEmpty else { return self }
    let overrides = lines.count == 1 ? "the override of line" : "the overrides of lines"
    return RecipeProblem(
      status: status,
      what: "\(what), with \(overrides) \(lines.map(String.init).joined(separator: ", "))",
      place: place, advice: advice)
  }
}
