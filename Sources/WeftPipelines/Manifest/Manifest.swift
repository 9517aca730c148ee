import WeftFiles
package import WeftFormats
package import WeftRecipes
import WeftTensors
import WeftTransform

/// What a manifest says of all its tasks: the pipeline, and the files that the tasks share.
package struct Manifest: Sendable {
  /// The version of the form of manifests.
  static let version = 1

  /// The pipeline.
  package let document: PipelineDocument
  /// Where the pipeline's paths count from.
  package let place: PipelinePlace
  /// The files that the tasks share.
  package let sideFiles: SideFiles
  /// The number of tasks.
  package let taskCount: Int

  /// Describes tasks.
  package init(
    document: PipelineDocument, place: PipelinePlace, sideFiles: SideFiles, taskCount: Int
  ) {
    self.document = document
    self.place = place
    self.sideFiles = sideFiles
    self.taskCount = taskCount
  }

  /// The recipe of a task, with the overrides that fit its model.
  package func recipe(of task: ManifestTask, library: FormatLibrary) throws -> TaskRecipe {
    try TaskCompiler.recipe(
      document.pipeline(overrides: task.overrides), for: task.found, library: library)
  }
}

// MARK: The first line

extension Manifest {
  /// The first line of a manifest at a path.
  func header(at path: String) -> JSONValue {
    let files = sideFiles.entries.sorted { $0.key < $1.key }.map { name, entry in
      JSONValue.Member(
        name,
        .object(["sha256": .string(entry.sha256), "stamp": entry.stamp.map(JSONValue.string)]))
    }
    let absolute = Paths.resolved(place.folder) ?? place.folder
    return .object([
      "weft_manifest": .integer(Self.version),
      "numeric_revision": .integer(NumericRevision.current), "tasks": .integer(taskCount),
      "folder": .string(absolute),
      "folder_from_here": .string(
        RelativePath.from(Paths.resolved(Paths.directory(of: path)) ?? "/", to: absolute)),
      "outputs": .string(place.outputFolder), "pipeline_path": .string(document.path),
      "pipeline": .string(String(decoding: document.text, as: UTF8.self)),
      "files": .object(files),
    ])
  }

  /// Reads the first line of a manifest.
  init(header line: ArraySlice<UInt8>, path: String, library: FormatLibrary) throws {
    func wrong(_ what: String, _ advice: String) -> PipelineError {
      .badData(what, at: "\(path), line 1", advice: advice)
    }
    guard let value = try? JSONValue(parsing: Array(line)),
      let version = value["weft_manifest"]?.integer
    else { throw wrong("this is no manifest", "make one with weft job make") }
    guard version == Self.version else {
      throw wrong(
        "the manifest is of version \(version), and this weft reads version \(Self.version)",
        "make it again with weft job make, or use the weft that made it")
    }
    let revision = value["numeric_revision"]?.integer
    guard revision == NumericRevision.current else {
      throw wrong(
        "the manifest is for numeric revision \(revision.map(String.init) ?? "?"), and this weft has "
          + "\(NumericRevision.current): outputs would differ from those of other workers",
        "make it again with weft job make, or use the weft that made it")
    }
    guard let text = value["pipeline"]?.text, let folder = value["folder"]?.text,
      let near = value["folder_from_here"]?.text, let outputs = value["outputs"]?.text,
      let pipelinePath = value["pipeline_path"]?.text,
      let taskCount = value["tasks"]?.integer, taskCount >= 0,
      let files = value["files"]?.members
    else { throw wrong("the manifest's header is damaged", "make it again with weft job make") }
    var entries: [String: SideFiles.Entry] = [:]
    for file in files {
      entries[file.key] = SideFiles.Entry(
        sha256: file.value["sha256"]?.text ?? "", stamp: file.value["stamp"]?.text)
    }
    let moved = Paths.resolved(Paths.join(Paths.directory(of: path), near))
    document = try PipelineDocument(yaml: Array(text.utf8), path: pipelinePath, library: library)
    place = PipelinePlace(folder: RelativePath.short(moved ?? folder), outputFolder: outputs)
    sideFiles = SideFiles(entries: entries)
    self.taskCount = taskCount
  }
}

/// Paths from one folder to another.
package enum RelativePath {
  /// A folder as it is shown: from the working folder when it lies there or below, and else as it is.
  package static func short(_ folder: String) -> String {
    guard let here = Paths.resolved(".") else { return folder }
    if folder == here { return "." }
    let prefix = Paths.join(here, "")
    return folder.hasPrefix(prefix) ? String(folder.dropFirst(prefix.count)) : folder
  }

  /// The way between two absolute paths; `.` for none.
  package static func from(_ start: String, to end: String) -> String {
    func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
    let (from, to) = (parts(start), parts(end))
    let common = zip(from, to).prefix { $0 == $1 }.count
    let way = from.dropFirst(common).map { _ in ".." } + to.dropFirst(common).map(String.init)
    return way.isEmpty ? "." : way.joined(separator: "/")
  }
}
