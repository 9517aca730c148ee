import Synchronization
package import WeftFiles
package import WeftKernels
import WeftTensors

/// How a plan is carried out; nothing here changes a byte of the output.
package struct RunOptions: Sendable {
  /// The number of threads.
  package var threads: Int
  /// Whether the output is on the disk before it appears.
  package var syncs = true
  /// Whether an existing output may be replaced.
  package var replaces = false
  /// Whether values that are or become infinite or NaN are let through.
  package var allowsNonFinite = false
  /// The kernels that compute.
  package var kernels = Kernels.best

  /// Makes options with a number of threads.
  package init(threads: Int) {
    self.threads = threads
  }
}

/// What a run did, beyond what its plan said.
package struct RunSummary: Sendable {
  /// The tensors in which values overflowed, were not finite or became zero, by name.
  package let tallies: [String: Tally]
  /// The size of the output, in bytes.
  package let byteCount: Int
  /// The SHA-256 of the parents that were hashed, by path.
  package let parentHashes: [String: String]

  /// The tallies of all tensors added up.
  package var total: Tally { tallies.values.reduce(into: Tally()) { $0 += $1 } }
}

/// Carries out a plan: reads, computes and writes the output a few hundred kilobytes at a time.
package struct FuseRunner: Sendable {
  private let tensors: [PlannedTensor]
  private let layout: SafetensorsLayout
  private let items: [WorkItem]
  private let operands: OperandCache
  private let hashes: PendingHashes
  private let integrity: [any IntegrityCheck]
  private let options: RunOptions

  /// Prepares the run of planned tensors; the layout is that of their descriptions.
  package init(
    tensors: [PlannedTensor], layout: SafetensorsLayout, hashes: PendingHashes = .none,
    integrity: [any IntegrityCheck] = [], options: RunOptions
  ) {
    let byName = Dictionary(
      tensors.map { ($0.info.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.tensors = layout.entries.compactMap { byName[$0.info.name] }
    self.layout = layout
    self.hashes = hashes
    self.integrity = integrity
    self.options = options
    items = WorkItem.items(of: self.tensors)
    operands = OperandCache(items: items) { Self.key($0) }
  }

  /// Writes the output, which appears at its path only when everything went well.
  ///
  /// - Parameters:
  ///   - path: where the output appears.
  ///   - inputs: the files that must not be replaced.
  ///   - progress: is told how many more bytes were written, from any thread.
  /// - Returns: what the run did.
  /// - Throws: when reading or writing fails, or values are not finite; there is no output then.
  package func run(
    path: String, inputs: [InputFile], progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunSummary {
    let output = try OutputFile.create(
      at: path, byteCount: layout.byteCount, replacing: options.replaces, inputs: inputs)
    let results = Results(hashCount: hashes.files.count)
    // The hashes come first: each is one long task, and the shares fill the other threads.
    let taskCount = hashes.files.count + items.count
    let threads = max(1, min(options.threads, taskCount))
    try Parallel.run(threads: threads, count: taskCount) { worker, task in
      guard task >= hashes.files.count else {
        return results.setHash(task, try hashes.files[task].sha256())
      }
      let item = items[task - hashes.files.count]
      let computer = results.computer(worker, kernels: options.kernels)
      let tally = try perform(item, with: computer, output: output, progress: progress)
      results.add(tally, tensor: item.tensor)
    }
    try output.write(hashes.filled(layout.headerBytes, with: results.hashes), at: 0)
    let summary = summary(results)
    if !options.allowsNonFinite { try NonFiniteValues.check(summary.tallies) }
    try Parallel.run(threads: options.threads, count: integrity.count) { _, index in
      try integrity[index].checkIntegrity()
    }
    try output.commit(sync: options.syncs)
    return summary
  }

  private func summary(_ results: Results) -> RunSummary {
    RunSummary(
      tallies: Dictionary(
        uniqueKeysWithValues: results.tallies.map { (tensors[$0].info.name, $1) }),
      byteCount: layout.byteCount,
      parentHashes: Dictionary(
        zip(hashes.files.map(\.path), results.hashes), uniquingKeysWith: { first, _ in first }))
  }

  private static func key(_ item: WorkItem) -> Int { item.tensor << 8 | item.piece }

  /// Does one share and gives what it counted.
  private func perform(
    _ item: WorkItem, with computer: BlockComputer, output: OutputFile,
    progress: (Int) throws -> Void
  ) throws -> Tally {
    let piece = tensors[item.tensor].pieces[item.piece]
    let dtype = tensors[item.tensor].info.dtype
    let pieceStart = layout.entries[item.tensor].offsetInFile + piece.byteOffset
    var tally = Tally()
    switch piece.work {
    case .literal(let bytes):
      try output.write(bytes, at: pieceStart)
      try progress(bytes.count)
    case .copy(let tensor, let byteOffset):
      let range = byteOffset + item.range.lowerBound..<byteOffset + item.range.upperBound
      try computer.copy(tensor, range: range, tally: &tally) { slice, offset in
        try output.write(slice, at: pieceStart + item.range.lowerBound + offset)
        try progress(slice.byteCount)
      }
    case .compute(let block, let update):
      let operand = try operand(of: item, block: block, update: update)
      let start = pieceStart + item.range.lowerBound * block.columns * (dtype.byteWidth ?? 1)
      try computer.compute(
        block, update: update, operand: operand, rows: item.range, dtype: dtype, tally: &tally
      ) { slice, offset in
        try output.write(slice, at: start + offset)
        try progress(slice.byteCount)
      }
      operands.finish(Self.key(item))
    }
    return tally
  }

  private func operand(
    of item: WorkItem, block: StoredBlock, update: Update?
  ) throws -> LowRankOperand? {
    guard let update, !update.products.isEmpty else { return nil }
    return try operands.operand(Self.key(item)) {
      try update.operand(
        rows: block.rows, columns: block.columns, allowsNonFinite: options.allowsNonFinite)
    }
  }
}

/// What the threads of a run share.
private final class Results: Sendable {
  private struct State {
    var computers: [Int: BlockComputer] = [:]
    var tallies: [Int: Tally] = [:]
    var hashes: [String]
  }

  private let state: Mutex<State>

  init(hashCount: Int) {
    state = Mutex(State(hashes: Array(repeating: "", count: hashCount)))
  }

  /// The buffers of a thread, made on its first share.
  func computer(_ worker: Int, kernels: Kernels) -> BlockComputer {
    state.withLock { state in
      let computer = state.computers[worker] ?? BlockComputer(kernels: kernels)
      state.computers[worker] = computer
      return computer
    }
  }

  func add(_ tally: Tally, tensor: Int) {
    guard tally != Tally() else { return }
    state.withLock { $0.tallies[tensor, default: Tally()] += tally }
  }

  func setHash(_ index: Int, _ hash: String) { state.withLock { $0.hashes[index] = hash } }

  var tallies: [Int: Tally] { state.withLock { $0.tallies } }
  var hashes: [String] { state.withLock { $0.hashes } }
}
