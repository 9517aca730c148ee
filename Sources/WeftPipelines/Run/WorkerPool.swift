import Foundation
import Synchronization
import WeftKernels
import WeftTensors

/// Several worker processes that share the tasks of a manifest.
///
/// The longest tasks come first. A task waits while those that run hold so much memory that it would not fit.
package final class WorkerPool: Sendable {
  /// What the pool says while it works, from any thread.
  package enum Event: Sendable {
    /// So many more bytes were written for a task.
    case progress(Int, byteCount: Int)
    /// A task has ended.
    case done(Int, TaskOutcome)
    /// A worker of another run has a task; it is looked at again until it is free.
    case held(Int)
  }

  private struct Queue {
    var waiting: [Int]
    /// Tasks that another run's workers had, with the number of looks.
    var held: [Int] = []
    /// Those that were told.
    var told: Set<Int> = []
    var trouble: (any Error)?
  }

  private let program: String
  private let arguments: [String]
  private let tasks: [ManifestTask]
  private let state: StateFolder
  private let place: PipelinePlace
  private let gate: MemoryGate
  private let report: @Sendable (Event) -> Void
  private let queue: Mutex<Queue>

  /// How often a worker that is gone is replaced for one task.
  private static let attemptLimit = 2
  /// The time between looks at tasks that others have, in seconds.
  private static let pause = 0.2

  /// Prepares a pool.
  ///
  /// - Parameters:
  ///   - made: the tasks.
  ///   - memoryByteCount: the most memory that the workers may hold together, by prediction.
  ///   - program: the path of weft.
  ///   - arguments: the arguments that make it a worker of the manifest.
  ///   - report: is told what happens.
  package init(
    made: ManifestMaker.Made, memoryByteCount: Int, program: String, arguments: [String],
    report: @escaping @Sendable (Event) -> Void
  ) {
    let tasks = made.tasks
    self.tasks = tasks
    place = made.manifest.place
    state = StateFolder(place.state, syncs: true)
    self.program = program
    self.arguments = arguments
    self.report = report
    gate = MemoryGate(byteCount: memoryByteCount)
    let order = tasks.indices.sorted {
      (tasks[$1].cost.seconds, $0) < (tasks[$0].cost.seconds, $1)
    }
    queue = Mutex(Queue(waiting: order.reversed()))
  }

  /// Does all tasks.
  ///
  /// - Throws: when no worker can be started, or one cannot keep its records.
  package func run(jobs: Int) throws {
    let group = DispatchGroup()
    let threads = (0..<max(1, min(jobs, tasks.count))).map { _ in
      group.enter()
      return Thread {
        self.work()
        group.leave()
      }
    }
    for thread in threads { thread.start() }
    group.wait()
    if let trouble = queue.withLock({ $0.trouble }) { throw trouble }
  }

  private func work() {
    var worker: WorkerProcess?
    defer { worker?.finish() }
    while let index = next() {
      do {
        try gate.withMemory(byteCount: tasks[index].cost.memoryByteCount) {
          try perform(index, worker: &worker)
        }
      } catch {
        queue.withLock { $0.trouble = $0.trouble ?? error }
      }
    }
  }

  private func next() -> Int? {
    let (index, isHeld): (Int?, Bool) = queue.withLock { queue in
      if queue.trouble != nil { return (nil, false) }
      if let index = queue.waiting.popLast() { return (index, false) }
      return queue.held.isEmpty ? (nil, false) : (queue.held.removeFirst(), true)
    }
    if isHeld { Thread.sleep(forTimeInterval: Self.pause) }
    return index
  }

  private func perform(_ index: Int, worker: inout WorkerProcess?) throws {
    for attempt in 1...Self.attemptLimit {
      do {
        let current = try worker ?? WorkerProcess(program: program, arguments: arguments)
        worker = current
        let outcome = try current.perform(index) { report(.progress(index, byteCount: $0)) }
        guard let outcome else { return postpone(index) }
        return report(.done(index, outcome))
      } catch let loss as WorkerLoss {
        worker = nil
        guard attempt == Self.attemptLimit || loss.status == .bug else { continue }
        return try give(up: index, because: loss)
      }
    }
  }

  private func postpone(_ index: Int) {
    let isNew = queue.withLock { queue in
      queue.held.append(index)
      return queue.told.insert(index).inserted
    }
    if isNew { report(.held(index)) }
  }

  /// Takes down what the worker itself could not.
  private func give(up index: Int, because loss: WorkerLoss) throws {
    var journals = state.index
    try journals.refresh()
    let task = tasks[index]
    let history = try journals.history(of: task.id)
    var record = TaskRecord(task: task.id, event: .end, attempt: max(1, history.attemptCount))
    // What it wrote before it was lost is this pipeline's.
    record.products = history.untold.map { name in
      var product = Product(name: name, key: "", status: loss.status, message: loss.description)
      product.takeState(of: place.output(name))
      return product
    }
    record.status = loss.status
    record.message = loss.description
    try state.add(record)
    report(
      .done(
        index,
        TaskOutcome(
          status: loss.status, message: loss.description, madeCount: 0, keptCount: 0, seconds: 0)))
  }
}
