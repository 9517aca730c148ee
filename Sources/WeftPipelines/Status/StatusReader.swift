import WeftFiles
package import WeftFormats
import WeftTensors

/// Reads the journals of all machines and looks at the outputs.
package struct StatusReader {
  /// What is kept of a task while the journals are read.
  private struct Entry {
    var group: Int32
    var begunAttempt: Int32 = 0
    var endedAttempt: Int32 = 0
    var workByteCount: Int
    var seconds: Float
    /// What the names of all outputs come to, in any order.
    var names: Int
    var stage = PipelineStatus.Stage.waiting
  }

  private let manifest: Manifest
  private let library: FormatLibrary
  private let state: StateFolder
  private var entries: [Entry] = []
  private var indices: [UInt64: Int32] = [:]
  private var inputs: [String] = []
  /// The keys of all products, by the group of overrides.
  private var keys: [Set<String>] = []
  private var groups: [[Int]: Int32] = [:]
  private var status: PipelineStatus
  private var failures: [Int: PipelineStatus.Failure] = [:]

  private init(_ manifest: Manifest, library: FormatLibrary) {
    self.manifest = manifest
    self.library = library
    state = StateFolder(manifest.place.state, syncs: false)
    status = PipelineStatus(taskCount: manifest.taskCount)
    entries.reserveCapacity(manifest.taskCount)
    indices.reserveCapacity(manifest.taskCount)
    inputs.reserveCapacity(manifest.taskCount)
  }

  /// How far the tasks of a manifest are now.
  package static func status(
    of file: ManifestFile, library: FormatLibrary
  ) throws -> PipelineStatus {
    var reader = StatusReader(file.manifest, library: library)
    try file.forEachTask { try reader.add($0) }
    return try reader.read()
  }

  /// How far the tasks of a pipeline are now.
  package static func status(
    of made: ManifestMaker.Made, library: FormatLibrary
  ) throws -> PipelineStatus {
    var reader = StatusReader(made.manifest, library: library)
    for task in made.tasks { try reader.add(task) }
    return try reader.read()
  }

  private mutating func read() throws -> PipelineStatus {
    try readJournals()
    for index in entries.indices { settle(index) }
    status.failures = failures.values.sorted { $0.index < $1.index }
    return status
  }

  private mutating func add(_ task: ManifestTask) throws {
    let group = try groups[task.overrides] ?? addGroup(of: task)
    indices[UInt64(task.id, radix: 16) ?? 0] = Int32(truncatingIfNeeded: task.index)
    inputs.append(task.input)
    entries.append(
      Entry(
        group: group, workByteCount: task.cost.workByteCount, seconds: Float(task.cost.seconds),
        names: Self.sum(of: task.outputs)))
    status.workByteCount += task.cost.workByteCount
  }

  private mutating func addGroup(of task: ManifestTask) throws -> Int32 {
    let number = Int32(truncatingIfNeeded: keys.count)
    let plan = TaskPlan(
      try manifest.recipe(of: task, library: library),
      keys: RecipeKeys(sideFiles: manifest.sideFiles.hashes), place: manifest.place)
    keys.append(Set(plan.items.map(\.key)))
    groups[task.overrides] = number
    return number
  }

  private mutating func readJournals() throws {
    try state.forEachLine { line in
      guard let start = TaskRecord.start(of: line), let found = indices[start.task] else { return }
      let index = Int(found)
      let attempt = Int32(clamping: start.attempt)
      switch start.event {
      case .begin: entries[index].begunAttempt = max(entries[index].begunAttempt, attempt)
      case .part: break
      case .end:
        guard attempt >= entries[index].endedAttempt, let record = TaskRecord(line: line) else {
          return
        }
        entries[index].endedAttempt = attempt
        take(record, of: index)
      }
    }
  }

  private mutating func take(_ record: TaskRecord, of index: Int) {
    status.peakMemoryByteCount = max(
      status.peakMemoryByteCount, record.peakMemoryByteCount ?? 0)
    failures[index] = nil
    guard record.status == .success else {
      entries[index].stage = record.status.isTransient ? .transient : .failed
      failures[index] = PipelineStatus.Failure(
        index: index, input: inputs[index], status: record.status, message: record.message ?? "",
        attempt: record.attempt)
      return
    }
    entries[index].stage = isThere(record, of: index) ? .done : .waiting
    if entries[index].stage == .done { status.doneSeconds += record.seconds ?? 0 }
  }

  /// Whether what a record tells of is what the manifest asks for, and the files are there.
  private func isThere(_ record: TaskRecord, of index: Int) -> Bool {
    // What an earlier pipeline made besides is not asked for any more.
    let wanted = keys[Int(entries[index].group)]
    let products = record.products.filter { wanted.contains($0.key) }
    let files = products.filter { $0.byteCount != nil }
    guard Set(products.map(\.key)) == wanted,
      Self.sum(of: files.map(\.name)) == entries[index].names
    else { return false }
    let place = manifest.place
    if let stamp = record.stamp {
      let now = try? SourceStamp(of: place.path(inputs[index]))
      guard now?.digest == nil || now?.digest == stamp, now != nil else { return false }
    }
    return files.allSatisfy { $0.isThere(at: place.output($0.name)) }
  }

  private static func sum(of names: [String]) -> Int { names.reduce(0) { $0 &+ $1.hashValue } }

  /// A task that was begun again after its end is running, or was interrupted.
  private mutating func settle(_ index: Int) {
    let entry = entries[index]
    var stage = entry.stage
    if entry.begunAttempt > entry.endedAttempt {
      stage = state.isClaimed(ManifestTask.id(of: inputs[index])) ? .running : .interrupted
    }
    status.stages[index] = stage
    if stage != .failed, stage != .transient { failures[index] = nil }
    if stage == .done {
      status.doneWorkByteCount += entry.workByteCount
      status.predictedDoneSeconds += Double(entry.seconds)
    } else if stage != .failed {
      status.predictedSecondsLeft += Double(entry.seconds)
    }
  }
}
