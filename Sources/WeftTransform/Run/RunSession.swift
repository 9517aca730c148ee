import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// One output that is being written, and what the threads that write it share.
final class RunSession: Sendable {
  private struct State {
    var computers: [Int: BlockComputer] = [:]
    var tallies: [Int: Tally] = [:]
    var losses = LossLedger()
    var hashes: [String]
  }

  let output: any ModelOutput
  private let runner: ModelRunner
  private let state: Mutex<State>

  init(runner: ModelRunner, output: any ModelOutput) {
    self.runner = runner
    self.output = output
    state = Mutex(State(hashes: Array(repeating: "", count: runner.hashes.files.count)))
  }

  private var options: RunOptions { runner.options }

  /// Writes what must come before any tensor.
  func begin() throws { try output.begin(fill) }

  /// The buffers of a thread, made on its first share.
  func computer(_ worker: Int) -> BlockComputer {
    state.withLock { state in
      let computer =
        state.computers[worker]
        ?? BlockComputer(
          Workspace(kernels: options.kernels, allowsNonFinite: options.allowsNonFinite),
          gatheredByteCount: runner.gatheredByteCount)
      state.computers[worker] = computer
      return computer
    }
  }

  func add(_ outcome: WorkOutcome, of item: WorkItem) {
    guard outcome.tally != Tally() || outcome.loss != nil else { return }
    let place = LossLedger.Place(piece: item.piece, start: item.range.lowerBound)
    let count = runner.tensors[item.tensor].measuredCount
    state.withLock { state in
      state.tallies[item.tensor, default: Tally()] += outcome.tally
      if let loss = outcome.loss {
        state.losses.add(loss, of: item.tensor, at: place, measuredCount: count)
      }
    }
  }

  /// What was lost, when nothing more is added.
  private var losses: LossLedger {
    state.withLock { state in
      state.losses.finish()
      return state.losses
    }
  }

  /// Hashes one of the parents.
  func hash(_ index: Int) throws {
    let hash = try runner.hashes.files[index].sha256()
    state.withLock { $0.hashes[index] = hash }
  }

  /// Takes the hashes of the same parents from another session.
  func takeHashes(from other: RunSession) {
    let hashes = other.hashes
    state.withLock { $0.hashes = hashes }
  }

  /// Whether every hash is known.
  var isHashed: Bool { !hashes.contains("") }

  private var hashes: [String] { state.withLock { $0.hashes } }

  /// Writes the rest of the output and checks what was read and computed; the output does not appear yet.
  func finish() throws -> RunSummary {
    for checkpoint in runner.checkpoints { try checkpoint.checkIntegrity() }
    let summary = summary(byteCount: try output.finish(fill))
    if !options.allowsNonFinite {
      try NonFiniteValues.check(summary.tallies) { name in
        runner.tensors.first { $0.info.name == name }?.sourcePath
      }
    }
    return summary
  }

  /// Makes the output appear.
  func commit() throws { try output.commit(sync: options.syncs) }

  /// Puts the hashes into a header.
  private func fill(_ header: [UInt8]) -> [UInt8] { runner.hashes.filled(header, with: hashes) }

  private func summary(byteCount: Int) -> RunSummary {
    let ledger = losses
    return RunSummary(
      tallies: Dictionary(
        state.withLock { $0.tallies }.filter { $0.value != Tally() }.map {
          (runner.tensors[$0].info.name, $1)
        },
        uniquingKeysWith: { first, second in
          var sum = first
          sum += second
          return sum
        }),
      losses: Dictionary(
        ledger.losses.map { (runner.tensors[$0].info.name, $1) },
        uniquingKeysWith: { first, _ in first }),
      errorMaps: ledger.maps { runner.tensors[$0].info.name },
      byteCount: byteCount,
      parentHashes: Dictionary(
        zip(runner.hashes.files.map(\.path), hashes), uniquingKeysWith: { first, _ in first }))
  }
}
