import ArgumentParser
import WeftPipelines

/// Which tasks of a manifest a worker does.
enum TaskChoice {
  case index(Int)
  /// The slice counted from 1, with 0 for the last, of so many.
  case slice(Int, count: Int)

  /// The variables in which engines tell a worker its number, and what they count from.
  static let variables: [(name: String, first: Int)] = [
    ("SLURM_ARRAY_TASK_ID", 0), ("JOB_COMPLETION_INDEX", 0), ("AWS_BATCH_JOB_ARRAY_INDEX", 0),
    ("PARALLEL_SEQ", 1), ("SGE_TASK_ID", 1),
  ]

  /// The number that the engine gives, from 0; nil when there is none.
  ///
  /// - Throws: when it is no number.
  static func engineIndex() throws -> Int? {
    for (name, first) in variables {
      // A job of SGE that is no array has the variable with this word.
      guard let text = Environment.text(name), text != "undefined" else { continue }
      guard let number = Int(text), number >= first else {
        throw ValidationError("\(name) is '\(text)', no number from \(first) up")
      }
      return number - first
    }
    return nil
  }

  /// The tasks of the choice, in the order in which they are done.
  func tasks(of file: ManifestFile) throws -> [ManifestTask] {
    switch self {
    case .index(let index): return [try file.task(index)]
    case .slice(let number, let count):
      var byteCounts: [Int] = []
      byteCounts.reserveCapacity(file.manifest.taskCount)
      try file.forEachTask { byteCounts.append($0.cost.workByteCount) }
      let order = Slices.indices(of: number, count: count, byteCounts: byteCounts)
      let wanted = Set(order)
      var tasks: [Int: ManifestTask] = [:]
      try file.forEachTask { if wanted.contains($0.index) { tasks[$0.index] = $0 } }
      return order.compactMap { tasks[$0] }
    }
  }
}

/// `K/N`: a part of the tasks.
struct SliceArgument: ExpressibleByArgument {
  let number: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
      (1...1_000_000).contains(count), (0...count).contains(number)
    else { return nil }
    self.number = number
    self.count = count
  }
}
