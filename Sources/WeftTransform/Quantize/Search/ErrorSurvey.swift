import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// A pass over the values of some tensors that measures what each of their types would lose.
///
/// Every part of a tensor is read once and encoded in all its types while it is in the cache; it holds a few tiles a thread.
/// The parts, and the order in which they are added up, do not depend on the number of threads.
struct ErrorSurvey {
  private let tensors: [SurveyedTensor]
  private let runner: ModelRunner
  private let options: RunOptions

  init(_ tensors: [SurveyedTensor], options: RunOptions) {
    let values = tensors.map(\.values)
    var limited = options
    limited.threads = MemoryPrediction.threadCount(values, wanted: options.threads)
    self.tensors = tensors
    self.options = limited
    // The runner reads and computes; nothing is written, so the places mean nothing.
    runner = ModelRunner(
      tensors: values, layout: .existing(offsets: values.map { _ in 0 }, byteCount: 0),
      options: limited)
  }

  /// Measures every type of every tensor.
  ///
  /// - Parameter progress: is told how many more bytes of the input were looked at, from any thread.
  /// - Returns: the errors by tensor and trial.
  /// - Throws: when reading fails, or values are not finite.
  func run(progress: @Sendable (Int) throws -> Void) throws -> [[SquaredError]] {
    let items = tensors.indices.flatMap { index in
      WorkItem.items(
        of: tensors[index].values, index: index, targetByteCount: WorkItem.targetByteCount
      ).map(\.item)
    }
    let computers = (0..<options.threads).map { _ in
      BlockComputer(
        Workspace(kernels: options.kernels, allowsNonFinite: options.allowsNonFinite),
        gatheredByteCount: runner.gatheredByteCount)
    }
    let parts = Mutex([Part?](repeating: nil, count: items.count))
    try Parallel.run(threads: options.threads, count: items.count) { worker, index in
      let part = try measure(items[index], with: computers[worker], progress: progress)
      parts.withLock { $0[index] = part }
    }
    return try joined(parts.withLock { $0.compactMap { $0 } })
  }

  /// What was measured of a part of a tensor.
  private struct Part {
    let tensor: Int
    var errors: [SquaredError]
    var tally: Tally
  }

  private func measure(
    _ item: WorkItem, with computer: BlockComputer, progress: (Int) throws -> Void
  ) throws -> Part {
    let tensor = tensors[item.tensor]
    var errors = tensor.trials.map { _ in SquaredError() }
    var outcome = WorkOutcome()
    try runner.perform(item, with: computer, outcome: &outcome) { values, offset in
      for (index, trial) in tensor.trials.enumerated() {
        errors[index] += trial.error(of: values, first: offset / 4, computer.workspace)
      }
      try progress(tensor.storedByteCount(of: values.byteCount))
    }
    return Part(tensor: item.tensor, errors: errors, tally: outcome.tally)
  }

  /// The parts of each tensor added up in their order.
  private func joined(_ parts: [Part]) throws -> [[SquaredError]] {
    var errors = tensors.map { $0.trials.map { _ in SquaredError() } }
    var tallies: [String: Tally] = [:]
    for part in parts {
      for (trial, error) in part.errors.enumerated() { errors[part.tensor][trial] += error }
      var inputs = Tally()
      inputs.nonFiniteInputs = part.tally.nonFiniteInputs
      tallies[tensors[part.tensor].name, default: Tally()] += inputs
    }
    if !options.allowsNonFinite {
      try NonFiniteValues.check(tallies) { name in
        tensors.first { $0.name == name }?.values.sourcePath
      }
    }
    return errors
  }
}

extension SurveyedTensor {
  /// The part of the size in the input that so many bytes of values are.
  fileprivate func storedByteCount(of valueByteCount: Int) -> Int {
    let share = Double(valueByteCount) / Double(max(1, values.info.byteCount))
    return Int((share * Double(storedByteCount)).rounded())
  }
}
