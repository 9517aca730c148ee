import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftRecipes
import WeftTensors
import WeftTransform

/// A folder with a pipeline in it, removed when the test is over.
final class PipelineFolder {
  let path: String
  let library: FormatLibrary

  init() throws {
    let name = "weft-test-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    library = try FormatLibrary.embedded()
    try Paths.makeDirectory(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a name in the folder.
  subscript(name: String) -> String { Paths.join(path, name) }

  var place: PipelinePlace { PipelinePlace(folder: path, outputFolder: "out") }

  /// Writes a file, and the folders above it.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Paths.makeDirectory(Paths.directory(of: self[name]))
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
    return self[name]
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: self[name]) }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self[name])))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { Paths.exists(self[name]) }

  /// Sets when a file was written, in seconds since 1970.
  func setTime(_ seconds: Double, of name: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: self[name])
  }

  /// Writes a model of two tensors whose values follow from a seed.
  @discardableResult
  func writeModel(_ name: String, seed: String = "") throws -> String {
    try Paths.makeDirectory(Paths.directory(of: self[name]))
    try? FileManager.default.removeItem(atPath: self[name])
    try HashedFile.write(
      [
        try HashedFile.Tensor("a.weight", [32, 64], .f32, tag: name + seed, seed: "a"),
        try HashedFile.Tensor("b.weight", [64, 32], .f32, tag: name + seed, seed: "b"),
      ], to: self[name], options: Self.options)
    return self[name]
  }

  /// Temporary files need not survive a crash.
  static var options: RunOptions {
    var options = RunOptions(threads: 1)
    options.syncs = false
    return options
  }
}

extension PipelineFolder {
  /// Writes the pipeline of some steps over `models/*`, unless told otherwise.
  @discardableResult
  func writePipeline(_ steps: String, inputs: String = "[models/*]") throws -> String {
    try write(
      "version: 1\ninputs: \(inputs)\noutputs: out\nsteps:\n\(indented(steps))\n", to: "p.yaml")
  }

  func made() throws -> ManifestMaker.Made {
    try ManifestMaker(self["p.yaml"], library: library).made()
  }

  /// Does every task with one worker; the outcomes are in the order of the tasks.
  func run(force: Bool = false) throws -> [TaskOutcome] {
    let made = try made()
    var worker = try worker(of: made, force: force)
    return try made.tasks.map { task in
      try #require(try worker.perform(task) { _ in }, "\(task.input) is held")
    }
  }

  func worker(of made: ManifestMaker.Made, force: Bool = false) throws -> TaskWorker {
    var options = WorkerOptions()
    options.syncs = false
    options.replaces = force
    return try TaskWorker(made.manifest, library: library, options: options)
  }

  func status() throws -> PipelineStatus {
    try StatusReader.status(of: try made(), library: library, threads: 2)
  }

  /// The records of all machines, in the order of the journals.
  func records() throws -> [TaskRecord] {
    var records: [TaskRecord] = []
    for journal in try StateFolder(self["out/.weft"], syncs: false).journals() {
      for (line, isWhole) in try journal.lines() where isWhole {
        if let record = TaskRecord(line: line) { records.append(record) }
      }
    }
    return records
  }
}

/// A text with every line two spaces further in.
private func indented(_ text: String) -> String {
  text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
}

/// What is done to a model by some steps; nothing is read from the disk.
func recipe(_ steps: String, input: String = "models/m.safetensors", folder: String = ".") throws
  -> TaskRecipe
{
  let library = try FormatLibrary.embedded()
  let text = "version: 1\ninputs: ['*']\noutputs: out\nsteps:\n\(indented(steps))\n"
  let document = try PipelineDocument(yaml: Array(text.utf8), path: "p.yaml", library: library)
  var task = ManifestTask(index: 0, input: input)
  task.folder = folder
  let place = PipelinePlace(folder: ".", outputFolder: "out")
  return try Manifest(document: document, place: place, sideFiles: SideFiles(), taskCount: 1)
    .recipe(of: task, library: library)
}

/// The error of a body that throws one for people.
func problem(_ body: () throws -> some Any) -> (any ActionableError)? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? any ActionableError
  }
}

extension InputFile {
  /// All lines of a small file.
  func lines() throws -> [(line: ArraySlice<UInt8>, isWhole: Bool)] {
    var reader = LineReader(self)
    var lines: [(line: ArraySlice<UInt8>, isWhole: Bool)] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }
}
