import WeftFiles
package import WeftFormats
import WeftRecipes
import WeftTensors

/// A manifest on the disk: a line that describes all tasks, and a line for each.
package struct ManifestFile: Sendable {
  /// The path.
  package let path: String
  /// What holds for all tasks.
  package let manifest: Manifest
  private let file: InputFile
  private let firstTaskOffset: Int

  /// Opens a manifest and reads its first line.
  ///
  /// - Throws: for a text that is no manifest, or one of another version.
  package static func open(_ path: String, library: FormatLibrary) throws -> ManifestFile {
    let file = try InputFile.open(path)
    var lines = LineReader(file)
    guard let (line, _) = try lines.next() else {
      throw PipelineError.badData(
        "the manifest is empty", at: path, advice: "make it again with weft job make")
    }
    let manifest = try Manifest(header: line, path: path, library: library)
    // A line is more than a byte; the number decides what is allocated.
    guard manifest.taskCount <= file.byteCount else {
      throw PipelineError.badData(
        "the manifest says that it has \(manifest.taskCount) tasks, and is too short for them",
        at: path, advice: "make it again with weft job make")
    }
    return ManifestFile(
      path: path, manifest: manifest, file: file, firstTaskOffset: lines.offsetInFile)
  }

  /// The task of an index.
  package func task(_ index: Int) throws -> ManifestTask {
    guard index >= 0, index < manifest.taskCount else {
      throw PipelineError(
        status: .usage, what: "there is no task \(index)", place: path,
        advice: "tasks are counted from 0 to \(manifest.taskCount - 1)")
    }
    var lines = LineReader(file, from: firstTaskOffset)
    var number = 0
    while let (line, isWhole) = try lines.next() {
      if number == index { return try task(line, index: index, isWhole: isWhole) }
      number += 1
    }
    throw damaged(number)
  }

  /// Where the line of every task starts, in bytes, for those who need many tasks in any order.
  package func offsets() throws -> [Int] {
    var lines = LineReader(file, from: firstTaskOffset)
    var offsets = [firstTaskOffset]
    while try lines.next() != nil { offsets.append(lines.offsetInFile) }
    return offsets.dropLast()
  }

  /// The task of an index, whose line starts at an offset.
  package func task(_ index: Int, at offsetInFile: Int) throws -> ManifestTask {
    try task(
      try LineReader.line(of: file, at: offsetInFile), index: index, isWhole: true)
  }

  /// Calls `body` with every task, in order.
  package func forEachTask(_ body: (ManifestTask) throws -> Void) throws {
    var lines = LineReader(file, from: firstTaskOffset)
    var index = 0
    while let (line, isWhole) = try lines.next() {
      try body(try task(line, index: index, isWhole: isWhole))
      index += 1
    }
    guard index == manifest.taskCount else { throw damaged(index) }
  }

  private func task(
    _ line: ArraySlice<UInt8>, index: Int, isWhole: Bool
  ) throws -> ManifestTask {
    guard isWhole, let value = try? JSONValue(parsing: Array(line)),
      let task = ManifestTask(value), task.index == index,
      task.overrides.allSatisfy({ (0..<manifest.document.overrideCount).contains($0) })
    else { throw damaged(index) }
    return task
  }

  private func damaged(_ index: Int) -> PipelineError {
    .badData(
      "the line of task \(index) is missing or damaged", at: "\(path), line \(index + 2)",
      advice: "make the manifest again with weft job make")
  }

  /// Writes a manifest, which appears as a whole.
  ///
  /// - Parameters:
  ///   - manifest: what holds for all tasks.
  ///   - tasks: the tasks, in order.
  ///   - path: where the manifest appears.
  ///   - replacing: whether an existing one may be replaced.
  /// - Throws: when it cannot be written.
  package static func write(
    _ manifest: Manifest, tasks: some Sequence<ManifestTask>, to path: String, replacing: Bool
  ) throws {
    let output = try OutputFile.create(at: path, byteCount: 0, replacing: replacing)
    var offset = 0
    var block = Array((manifest.header(at: path).compactText + "\n").utf8)
    for task in tasks {
      block += Array((task.json.compactText + "\n").utf8)
      guard block.count >= blockByteCount else { continue }
      try output.write(block, at: offset)
      offset += block.count
      block.removeAll(keepingCapacity: true)
    }
    try output.write(block, at: offset)
    try output.commit(sync: true)
  }

  private static let blockByteCount = 1 << 20
}

extension ManifestMaker.Made {
  /// Writes the manifest for the workers of this machine, beside what is known of the tasks, and gives its path.
  ///
  /// The name says what is in it, so that runs of different pipelines do not change each other's.
  package func writeForWorkers() throws -> String {
    let folder = manifest.place.state
    try StateFolder(folder, syncs: true).prepare()
    let text = manifest.header(at: Paths.join(folder, "x")).compactText
    let hash = SHA256.digest(Array((text + tasks.map(\.id).joined()).utf8)).prefix(16)
    let name = "manifest-\(hash).jsonl"
    for old in Paths.names(in: folder) where old.hasPrefix("manifest-") && old != name {
      FileMark.removeUnlessMarked(Paths.join(folder, old))
    }
    let path = Paths.join(folder, name)
    try ManifestFile.write(manifest, tasks: tasks, to: path, replacing: true)
    return path
  }
}
