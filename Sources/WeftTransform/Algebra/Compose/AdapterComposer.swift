import Synchronization
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// Turns changes of a model's tensors into the tensors of an adapter, several at a time and in bounded memory.
struct AdapterComposer {
  /// What was made of all changes.
  struct Result {
    /// In the order of the changes.
    var layers: [ComposedLayer] = []
    var tensors: [ComposedTensor] = []
    var tallies: [String: Tally] = [:]
  }

  let form: AdapterForm
  let dropsEqual: Bool
  let threads: Int
  let allowsNonFinite: Bool

  /// The memory that changes in hand may take, in bytes: the budget without the program, its plan and OpenBLAS' buffers.
  static let gateByteCount =
    MemoryPrediction.budgetByteCount - MemoryPrediction.baselineByteCount - (56 << 20)

  /// Composes all changes; what needs a decomposition waits in the spool file.
  ///
  /// - Parameters:
  ///   - changes: one for each tensor.
  ///   - spool: keeps the factors.
  ///   - progress: is told how many more bytes of the model were done, from any thread.
  /// - Returns: the tensors; neither they nor their order depend on the threads.
  /// - Throws: when reading or a decomposition fails, or values are not finite.
  func compose(
    _ changes: [TensorChange], spool: SpoolFile,
    progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Result {
    let works = changes.map { ChangeComposer(change: $0, form: form, dropsEqual: dropsEqual) }
    let costs = works.map(\.byteCount)
    // The largest first, so that the last ones end together.
    let order = works.indices.sorted { (costs[$1], $0) < (costs[$0], $1) }
    let gate = MemoryGate(byteCount: Self.gateByteCount)
    let workspaces = Mutex<[Int: Workspace]>([:])
    let done = Mutex<[Int: ChangeComposer.Result]>([:])
    try Parallel.run(threads: threads, count: order.count) { worker, item in
      let index = order[item]
      let workspace = workspaces.withLock { all in
        let workspace = all[worker] ?? Workspace(kernels: .best, allowsNonFinite: allowsNonFinite)
        all[worker] = workspace
        return workspace
      }
      let result = try gate.withMemory(byteCount: costs[index]) {
        try works[index].compose(spool: spool, workspace: workspace)
      }
      done.withLock { $0[index] = result }
      try progress(changes[index].rows * changes[index].columns * changes[index].dtype.width)
    }
    var result = Result()
    let all = done.withLock { $0 }
    for (index, change) in changes.enumerated() {
      guard let one = all[index] else { continue }
      result.layers.append(one.layer)
      result.tensors += one.tensors
      if one.tally != Tally() { result.tallies[change.target.description] = one.tally }
    }
    return result
  }
}

extension DType {
  /// The size of an element in bytes; 1 for types that pack several into one.
  var width: Int { byteWidth ?? 1 }
}
