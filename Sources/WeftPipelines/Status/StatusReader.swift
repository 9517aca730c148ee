import Synchronization
import WeftFiles
package import WeftFormats
import WeftKernels
import WeftTensors

/// Reads the journals of all machines and looks at the outputs.
package struct StatusReader {
  /// What is kept of a task while the journals are read.
  private struct Entry {
    var group: Int32
    var begunAttempt: Int32 = 0
    var endedAttempt: Int32 = 0
    /// The newest record of the task's end; the number of its journal is negative while there is none.
    var journal: Int32 = -1
    var offsetInFile = 0
    var workByteCount: Int
    var seconds: Float
    /// What the names of all outputs come to, in any order.
    var names: Int
    var stage = PipelineStatus.Stage.waiting
  }

  private let manifest: Manifest
  private let library: FormatLibrary
  private let state: StateFolder
  private let threads: Int
  private var entries: [Entry] = []
  private var indices: [UInt64: Int32] = [:]
  private var inputs: [String] = []
  /// The keys of all products that are asked for, by the group of overrides.
  private var asked: [Set<String>] = []
  private var groups: [[Int]: Int32] = [:]
  private var status: PipelineStatus
  private var failures: [Int: PipelineStatus.Failure] = [:]

  private init(_ manifest: Manifest, library: FormatLibrary, threads: Int) {
    self.threads = threads
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
    of file: ManifestFile, library: FormatLibrary, threads: Int
  ) throws -> PipelineStatus {
    var reader = StatusReader(file.manifest, library: library, threads: threads)
    try file.forEachTask { try reader.add($0) }
    return try reader.read()
  }

  /// How far the tasks of a pipeline are now.
  package static func status(
    of made: ManifestMaker.Made, library: FormatLibrary, threads: Int
  ) throws -> PipelineStatus {
    var reader = StatusReader(made.manifest, library: library, threads: threads)
    for task in made.tasks { try reader.add(task) }
    return try reader.read()
  }

  private mutating func read() throws -> PipelineStatus {
    let journals = try state.journals()
    for (number, journal) in journals.enumerated() { try read(journal, number: number) }
    try judge(journals)
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
        names: RecordJudge.sum(of: task.outputs)))
    status.workByteCount += task.cost.workByteCount
  }

  private mutating func addGroup(of task: ManifestTask) throws -> Int32 {
    let number = Int32(truncatingIfNeeded: asked.count)
    let plan = TaskPlan(
      try manifest.recipe(of: task, library: library),
      keys: RecipeKeys(sideFiles: manifest.sideFiles.hashes), place: manifest.place)
    asked.append(Set(plan.items.map(\.key)))
    groups[task.overrides] = number
    return number
  }

  /// Finds the newest records of every task without reading them further than their starts.
  private mutating func read(_ journal: InputFile, number: Int) throws {
    var lines = LineReader(journal)
    var offset = 0
    while let (line, isWhole) = try lines.next(), isWhole {
      defer { offset = lines.offsetInFile }
      guard let start = TaskRecord.start(of: line), let found = indices[start.task] else {
        continue
      }
      let index = Int(found)
      let attempt = Int32(clamping: start.attempt)
      switch start.event {
      case .begin: entries[index].begunAttempt = max(entries[index].begunAttempt, attempt)
      case .end where attempt >= entries[index].endedAttempt:
        entries[index].endedAttempt = attempt
        entries[index].journal = Int32(truncatingIfNeeded: number)
        entries[index].offsetInFile = offset
      case .end, .part: break
      }
    }
  }

  /// Reads the newest records and looks at what they tell of, with several threads.
  private mutating func judge(_ journals: [InputFile]) throws {
    let judge = RecordJudge(place: manifest.place, asked: asked)
    let (entries, inputs) = (self.entries, self.inputs)
    let work = entries.indices.filter { entries[$0].journal >= 0 }
    let batches = (work.count + Self.batchCount - 1) / Self.batchCount
    let verdicts = Mutex([(index: Int, verdict: RecordJudge.Verdict)]())
    try Parallel.run(threads: threads, count: batches) { _, batch in
      let own = try work[batch * Self.batchCount..<min(work.count, (batch + 1) * Self.batchCount)]
        .compactMap { index -> (Int, RecordJudge.Verdict)? in
          let entry = entries[index]
          let line = try LineReader.line(
            of: journals[Int(entry.journal)], at: entry.offsetInFile)
          let verdict = judge.verdict(
            line, input: inputs[index], group: Int(entry.group), names: entry.names)
          return verdict.map { (index, $0) }
        }
      verdicts.withLock { $0 += own }
    }
    for (index, verdict) in verdicts.withLock({ $0 }) { take(verdict, of: index) }
  }

  private static let batchCount = 512

  private mutating func take(_ verdict: RecordJudge.Verdict, of index: Int) {
    status.peakMemoryByteCount = max(status.peakMemoryByteCount, verdict.peakMemoryByteCount)
    entries[index].stage = verdict.stage
    if verdict.stage == .done { status.doneSeconds += verdict.seconds }
    if let failure = verdict.failure {
      failures[index] = PipelineStatus.Failure(
        index: index, input: inputs[index], status: failure.status, message: failure.message,
        attempt: Int(entries[index].endedAttempt))
    }
  }

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
