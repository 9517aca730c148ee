import Synchronization
package import WeftFormats
import WeftKernels
package import WeftTensors

extension ManifestMaker.Made {
  /// The most models of a group whose headers are read for an estimate.
  private static let sampleCount = 32

  /// Predicts what every task takes, from the headers of some models of every size: a task is taken to be like the one that is
  /// nearest in size.
  package mutating func estimateCosts(library: FormatLibrary) throws {
    let groups = Dictionary(grouping: tasks.indices) { tasks[$0].overrides }
    for indices in groups.values {
      let order = indices.sorted { tasks[$0].byteCount < tasks[$1].byteCount }
      let step = max(1, (order.count + Self.sampleCount - 1) / Self.sampleCount)
      let samples = stride(from: step / 2, to: order.count, by: step).compactMap { place in
        (try? cost(of: order[place], library: library)).map { (place, $0) }
      }
      guard !samples.isEmpty else { continue }
      var nearest = 0
      for (place, index) in order.enumerated() {
        while nearest + 1 < samples.count,
          abs(samples[nearest + 1].0 - place) <= abs(samples[nearest].0 - place)
        { nearest += 1 }
        let (sample, cost) = samples[nearest]
        tasks[index].cost = cost.scaled(
          from: tasks[order[sample]].byteCount, to: tasks[index].byteCount)
      }
    }
  }

  /// Predicts what every task takes from its own model's headers.
  ///
  /// - Returns: what speaks against tasks, by their indices.
  package mutating func measureCosts(
    library: FormatLibrary, threads: Int, progress: @escaping @Sendable (Int) -> Void
  ) throws -> [Int: any ActionableError] {
    let made = self
    let results = ResultList(count: tasks.count)
    try Parallel.run(threads: threads, count: tasks.count) { _, index in
      do {
        results.set(.success(try made.cost(of: index, library: library)), at: index)
      } catch let error as any ActionableError {
        results.set(.failure(error), at: index)
      }
      progress(1)
    }
    var problems: [Int: any ActionableError] = [:]
    for (index, result) in results.values.enumerated() {
      switch result {
      case .success(let cost): tasks[index].cost = cost
      case .failure(let error): problems[index] = error as? any ActionableError
      case nil: break
      }
    }
    return problems
  }

  private func cost(of index: Int, library: FormatLibrary) throws -> TaskCost {
    let task = tasks[index]
    let recipe = try manifest.recipe(of: task, library: library)
    return try CostModel(place: manifest.place, library: library).cost(of: task, recipe: recipe)
  }
}

/// Results that several threads fill in.
private final class ResultList: Sendable {
  private let list: Mutex<[Result<TaskCost, any Error>?]>

  init(count: Int) { list = Mutex(Array(repeating: nil, count: count)) }

  func set(_ result: Result<TaskCost, any Error>, at index: Int) {
    list.withLock { $0[index] = result }
  }

  var values: [Result<TaskCost, any Error>?] { list.withLock { $0 } }
}

extension TaskCost {
  /// The cost for a model of another size.
  fileprivate func scaled(from sample: Int, to byteCount: Int) -> TaskCost {
    guard sample > 0, sample != byteCount else { return self }
    let factor = Double(byteCount) / Double(sample)
    func scaled(_ count: Int) -> Int { Int((Double(count) * factor).rounded()) }
    var cost = self
    cost.outputByteCount = scaled(outputByteCount)
    cost.byteCounts = byteCounts.map(scaled)
    cost.workByteCount = scaled(workByteCount)
    cost.seconds *= factor
    return cost
  }
}
