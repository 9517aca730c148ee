import WeftFiles
package import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

/// Finds the models of a pipeline and says what is to be done to each.
package struct ManifestMaker {
  /// A manifest with its tasks.
  package struct Made: Sendable {
    /// What holds for all tasks.
    package let manifest: Manifest
    /// The tasks, in the order of the pipeline's inputs.
    package var tasks: [ManifestTask]
    /// What each group of tasks with the same overrides goes through.
    let pipelines: [[Int]: Pipeline]
  }

  private let document: PipelineDocument
  private let place: PipelinePlace
  private let library: FormatLibrary

  /// Prepares the manifest of a pipeline file.
  package init(_ path: String, library: FormatLibrary) throws {
    let document = try PipelineDocument.read(path, library: library)
    self.document = document
    self.library = library
    place = PipelinePlace(
      folder: Paths.directory(of: path), outputFolder: document.pipeline.outputFolder)
  }

  /// The tasks, by what folders and file sizes say; no model is opened.
  ///
  /// - Throws: when steps do not fit together, inputs or shared files are missing, or two outputs have one name.
  package func made() throws -> Made {
    let found = try InputFinder(document.pipeline, at: place, pipelinePath: document.path).inputs()
    var names = NameCheck(inputs: found, pipeline: document.pipeline, place: place)
    var pipelines: [[Int]: Pipeline] = [:]
    var sideFiles = SideFiles()
    var tasks: [ManifestTask] = []
    tasks.reserveCapacity(found.count)
    for (index, input) in found.enumerated() {
      var task = ManifestTask(index: index, input: input.path)
      task.folder = input.folder
      task.overrides = document.overrides(fitting: input.path)
      let pipeline = try pipelines[task.overrides] ?? document.pipeline(overrides: task.overrides)
      if pipelines.updateValue(pipeline, forKey: task.overrides) == nil {
        try add(pipeline, to: &sideFiles)
      }
      task.outputs = try recipe(pipeline, input).outputPaths
      // A model that is missing is the trouble of its own task.
      task.byteCount = (try? SourceStamp(of: place.path(input.path)))?.byteCount ?? 0
      try names.take(task)
      tasks.append(task)
    }
    return Made(
      manifest: Manifest(
        document: document, place: place, sideFiles: sideFiles, taskCount: tasks.count),
      tasks: tasks, pipelines: pipelines)
  }

  /// Hashes the files that a pipeline names beside the models; of one that is missing it is told where the text names it.
  private func add(_ pipeline: Pipeline, to sideFiles: inout SideFiles) throws {
    do {
      try sideFiles.add(pipeline, at: place)
    } catch let error as FileError {
      let adapter = pipeline.steps.lazy.compactMap { step -> RecipeAdapter? in
        guard case .fuse(let fuse) = step.action else { return nil }
        return fuse.adapters.first { $0.path.map(place.path) == error.path }
      }.first
      guard let position = adapter?.position else { throw error }
      throw PipelineError(
        status: error.status, what: "\(error.what): \(error.path)",
        place: "\(document.path), line \(position.line), column \(position.column)",
        advice: error.advice)
    }
  }

  private func recipe(_ pipeline: Pipeline, _ input: InputFinder.Found) throws -> TaskRecipe {
    do {
      return try TaskCompiler.recipe(pipeline, for: input, library: library)
    } catch let error as PipelineError {
      // Which step it is stands in the text; the file is what the user looks for.
      let place = error.place.map { "\(document.path), \($0)" } ?? document.path
      throw PipelineError(
        status: .badData, what: error.what, place: place, advice: error.advice)
    } catch let error as RecipeError {
      // A sweep is read as the command line's.
      throw PipelineError.badData(
        error.what, at: "\(document.path), '\(error.argument)'",
        advice: "write KEY=FIRST:LAST:STEP, such as scale=0:1:0.25")
    }
  }
}

/// Sees to it that no output takes the place of another, or of an input.
private struct NameCheck {
  private var owners: [String: Int] = [:]
  /// The folders that outputs lie in, as far as folders are outputs, too.
  private var parents: Set<String> = []
  private let inputs: Set<String>
  private let found: [InputFinder.Found]
  private let place: PipelinePlace
  private let outputFolder: String
  /// Whether the next run would take a path for an input.
  private let wouldFind: (String) -> Bool

  init(inputs found: [InputFinder.Found], pipeline: Pipeline, place: PipelinePlace) {
    let finder = InputFinder(pipeline, at: place, pipelinePath: "")
    wouldFind = finder.wouldFind
    self.found = found
    self.place = place
    inputs = Set(found.map { Self.resolved(place.path($0.path)) })
    outputFolder = Self.resolved(place.path(place.outputFolder))
  }

  mutating func take(_ task: ManifestTask) throws {
    for output in task.outputs {
      if let owner = owners.updateValue(task.index, forKey: output) {
        throw PipelineError.badData(
          "two outputs have the name \(output): those of \(found[owner].path) and \(task.input)",
          at: nil, advice: "tell them apart with ${folder} or ${name} in 'save'")
      }
      try refuseNested(output)
      guard !inputs.contains(Self.normal(Paths.join(outputFolder, output))) else {
        throw PipelineError.badData(
          "the output \(output) of \(task.input) is one of the inputs", at: nil,
          advice: "choose another folder for the outputs")
      }
      guard !wouldFind(Self.normal(Paths.join(place.outputFolder, output))) else {
        throw PipelineError.badData(
          "the output \(output) of \(task.input) would be an input of the next run", at: nil,
          advice: "choose another folder for the outputs, or exclude them")
      }
    }
  }

  /// An output must not lie in a folder that is one: that is replaced as a whole.
  private mutating func refuseNested(_ output: String) throws {
    var folder = output[...]
    var isNested = output.utf8.last == UInt8(ascii: "/") && parents.contains(output)
    while let slash = folder.dropLast().lastIndex(of: "/") {
      folder = folder[...slash]
      isNested = isNested || owners[String(folder)] != nil
      parents.insert(String(folder))
    }
    guard isNested else { return }
    throw PipelineError.badData(
      "the output \(output) and another lie in one folder that is replaced as a whole", at: nil,
      advice: "save one beside the other")
  }

  /// The path with the links of its folder followed.
  private static func resolved(_ path: String) -> String {
    let folder = Paths.directory(of: path)
    return normal(Paths.join(Paths.resolved(folder) ?? folder, Paths.name(of: path)))
  }

  private static func normal(_ path: String) -> String { InputFinder.normal(path) }
}
