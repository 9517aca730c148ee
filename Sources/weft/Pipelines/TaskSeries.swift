import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Some tasks that one process does, one after the other.
struct TaskSeries {
  let file: ManifestFile
  let tasks: [ManifestTask]
  let options: WorkerOptions
  /// How long to wait for tasks that other workers have, in seconds.
  let wait: Double
  let talk: TalkOptions
  let library: FormatLibrary

  /// The time between looks at tasks that others have, in microseconds.
  private static let pause: UInt32 = 250_000

  /// Does the tasks; those that others have come last.
  func perform() throws -> PipelineResult {
    let start = ContinuousClock.now
    let display = talk.display(
      label: "job", totalByteCount: tasks.reduce(0) { $0 + $1.cost.outputByteCount },
      count: tasks.count, of: "task")
    defer { display.finish() }
    var worker = try TaskWorker(file.manifest, library: library, options: options)
    var result = PipelineResult(taskCount: tasks.count)
    var held: [ManifestTask] = []
    for task in tasks {
      if try !perform(task, by: &worker, display, &result) { held.append(task) }
    }
    let lastLook = ContinuousClock.now + .seconds(wait)
    while !held.isEmpty {
      let isLast = ContinuousClock.now >= lastLook
      held = try held.filter { try !perform($0, by: &worker, display, &result) }
      if isLast { break }
      if !held.isEmpty { usleep(Self.pause) }
    }
    for task in held { tell(Self.heldOutcome, of: task, display, &result) }
    result.seconds = (ContinuousClock.now - start).inSeconds
    result.peakMemoryByteCount = Environment.peakMemoryByteCount
    return result
  }

  private static let heldOutcome = TaskOutcome(
    status: .temporary, message: "another worker has the task: run it again later", madeCount: 0,
    keptCount: 0,
    seconds: 0)

  /// Does a task; gives whether that was possible.
  private func perform(
    _ task: ManifestTask, by worker: inout TaskWorker, _ display: ProgressDisplay,
    _ result: inout PipelineResult
  ) throws -> Bool {
    guard let outcome = try worker.perform(task, progress: { display.add($0) }) else {
      return false
    }
    tell(outcome, of: task, display, &result)
    return true
  }

  private func tell(
    _ outcome: TaskOutcome, of task: ManifestTask, _ display: ProgressDisplay,
    _ result: inout PipelineResult
  ) {
    display.add(0, items: 1)
    if outcome.status != .success {
      display.say("weft: error: \(printable("task \(task.index): \(outcome.message ?? "failed")"))")
    }
    result.add(outcome, of: task)
  }
}
