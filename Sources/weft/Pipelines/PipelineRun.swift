import Synchronization
import WeftFiles
import WeftPipelines
import WeftTensors

/// The run of all tasks of a pipeline by worker processes, with one display.
struct PipelineRun {
  private let made: ManifestMaker.Made
  private let jobs: Int
  private let memoryByteCount: Int
  private let arguments: [String]
  /// Keeps the workers' manifest from being removed by other runs.
  private let mark: FileMark
  private let talk: TalkOptions
  private let start = ContinuousClock.now

  /// The least that a worker needs.
  private static let memoryPerJob = 256 << 20

  /// Writes the manifest that the workers read.
  init(
    _ made: ManifestMaker.Made, jobs: Int, memory: Int?, replaces: Bool, syncs: Bool,
    talk: TalkOptions
  ) throws {
    self.made = made
    self.jobs = min(jobs, max(1, made.tasks.count))
    self.talk = talk
    memoryByteCount = memory ?? self.jobs * Self.memoryPerJob
    let manifest = try made.writeForWorkers()
    mark = FileMark(manifest)
    let threads = max(1, Environment.processorCount / self.jobs)
    arguments =
      ["job", "run", manifest, "--worker", "--threads", String(threads)]
      + (replaces ? ["--force"] : []) + (syncs ? [] : ["--no-sync"])
  }

  /// Does what is missing.
  func perform() throws -> PipelineResult {
    let tasks = made.tasks
    let display = talk.display(
      label: "pipeline", totalByteCount: tasks.reduce(0) { $0 + $1.cost.outputByteCount },
      count: tasks.count, of: "model")
    let result = Mutex(PipelineResult(taskCount: tasks.count))
    let written = Mutex([Int: Int]())
    let pool = WorkerPool(
      made: made, memoryByteCount: memoryByteCount, program: Environment.programPath,
      arguments: arguments
    ) { event in
      switch event {
      case .progress(let index, let count):
        written.withLock { $0[index, default: 0] += count }
        display.add(count)
      case .held(let index):
        guard !talk.quiet else { return }
        display.say("weft: \(printable(tasks[index].input)): another run's worker has it; waiting")
      case .done(let index, let outcome):
        // What was predicted of the task and not written was there before, or failed.
        let count = written.withLock { $0.removeValue(forKey: index) } ?? 0
        display.add(tasks[index].cost.outputByteCount - count, items: 1)
        if outcome.status != .success, !talk.quiet {
          display.say("weft: \(tasks[index].input): \(outcome.message ?? "failed")")
        }
        result.withLock { $0.add(outcome, of: tasks[index]) }
      }
    }
    do {
      defer { display.finish() }
      try pool.run(jobs: jobs)
    }
    return result.withLock { result in
      result.seconds = (ContinuousClock.now - start).inSeconds
      result.peakMemoryByteCount = Environment.peakMemoryByteCount
      return result
    }
  }
}
