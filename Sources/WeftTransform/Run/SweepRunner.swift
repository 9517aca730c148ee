import WeftFiles
import WeftKernels
import WeftTensors

/// Writes several variants of a model in one go: what is the same in all of them is read once and written to each, and what
/// differs is computed one variant after the other while the base's bytes are at hand.
package struct SweepRunner: Sendable {
  /// A variant and where it goes.
  package struct Variant: Sendable {
    /// What is written.
    package let plan: ModelPlan
    /// Where it appears.
    package let path: String

    /// Names a variant.
    package init(plan: ModelPlan, path: String) {
      self.plan = plan
      self.path = path
    }
  }

  /// A part of the work: an item for some variants, whose bytes are the same for all of them.
  private struct Task: Sendable {
    let item: WorkItem
    let variants: [Int]
  }

  private let variants: [Variant]
  private let runners: [ModelRunner]
  private let options: RunOptions
  private let tasks: [Task]

  /// Prepares the run of variants with the same tensors in the same order.
  package init(_ variants: [Variant], options: RunOptions) {
    var limited = options
    limited.threads = min(options.threads, variants.map(\.plan.threadLimit).min() ?? 1)
    self.variants = variants
    self.options = limited
    runners = variants.map { $0.plan.runner(options: limited) }
    tasks = Self.tasks(variants.map(\.plan))
  }

  /// Writes all variants; when one fails, none appears.
  package func run(
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> [RunSummary] {
    let outputs = try variants.map { variant in
      try variant.plan.layout.create(
        at: variant.path, replacing: options.replaces, inputs: variant.plan.inputFiles,
        shareStarts: [])
    }
    let sessions = zip(runners, outputs).map { RunSession(runner: $0, output: $1) }
    try hash(sessions)
    for session in sessions { try session.begin() }
    try Parallel.run(threads: options.threads, count: tasks.count) { worker, index in
      try perform(tasks[index], sessions: sessions, worker: worker, progress: progress)
    }
    let summaries = try sessions.map { try $0.finish() }
    for session in sessions { try session.commit() }
    return summaries
  }

  /// Hashes the parents once; they are the same for every variant.
  private func hash(_ sessions: [RunSession]) throws {
    guard let first = sessions.first, let count = runners.first?.hashes.files.count else { return }
    try Parallel.run(threads: options.threads, count: count) { try first.hash($1) }
    for session in sessions.dropFirst() { session.takeHashes(from: first) }
  }

  /// The number of bytes that a run writes.
  package var byteCount: Int { variants.reduce(0) { $0 + $1.plan.layout.byteCount } }

  private func perform(
    _ task: Task, sessions: [RunSession], worker: Int, progress: (Int) throws -> Void
  ) throws {
    guard let first = task.variants.first else { return }
    var outcome = WorkOutcome()
    let computer = sessions[first].computer(worker)
    try runners[first].perform(task.item, with: computer, outcome: &outcome) { slice, offset in
      for variant in task.variants {
        try sessions[variant].output.write(
          slice, tensor: task.item.tensor, at: offset, share: 0)
        try progress(slice.byteCount)
      }
    }
    for variant in task.variants { sessions[variant].add(outcome, of: task.item) }
  }

  /// The items of every tensor, in the order of the files; those that are copied in all variants only once.
  private static func tasks(_ plans: [ModelPlan]) -> [Task] {
    guard let lead = plans.first else { return [] }
    return lead.layout.tensorOrder.flatMap { index -> [Task] in
      let tensors = plans.map { $0.tensors[index] }
      if tensors.allSatisfy({ $0.isCopy(of: tensors[0]) }) {
        return items(of: tensors[0], index).map { Task(item: $0, variants: Array(plans.indices)) }
      }
      return tensors.enumerated().flatMap { variant, tensor in
        items(of: tensor, index).map { Task(item: $0, variants: [variant]) }
      }
    }
  }

  private static func items(of tensor: PlannedTensor, _ index: Int) -> [WorkItem] {
    WorkItem.items(of: tensor, index: index, targetByteCount: WorkItem.targetByteCount).map(\.item)
  }
}

extension PlannedTensor {
  /// Whether both copy the same bytes.
  fileprivate func isCopy(of other: PlannedTensor) -> Bool {
    guard info == other.info, pieces.count == other.pieces.count else { return false }
    return zip(pieces, other.pieces).allSatisfy { one, two in
      guard case .copy(let tensor, let offset) = one.work,
        case .copy(let otherTensor, let otherOffset) = two.work
      else { return false }
      return tensor.info == otherTensor.info && tensor.offset == otherTensor.offset
        && tensor.source.path == otherTensor.source.path && offset == otherOffset
        && one.byteCount == two.byteCount
    }
  }
}
