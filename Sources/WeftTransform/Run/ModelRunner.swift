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
  /// Whether it is measured what weights lose when they are encoded or cast.
  package var measuresLoss = false
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
  /// What the weights lost, by tensor, when that was measured; nothing for those that are written as they are.
  package let losses: [String: Comparison]
  /// Where the errors of the tensors with the largest ones are, worst first.
  package let errorMaps: [ErrorMap]
  /// The size of the output, in bytes.
  package let byteCount: Int
  /// The SHA-256 of the parents that were hashed, by path.
  package let parentHashes: [String: String]

  /// The tallies of all tensors added up.
  package var total: Tally { tallies.values.reduce(into: Tally()) { $0 += $1 } }
}

/// Carries out a plan: reads, computes and writes the output a few hundred kilobytes at a time.
package struct ModelRunner: Sendable {
  let tensors: [PlannedTensor]
  private let layout: OutputLayout
  private let shares: [Share]
  private let preparations: PreparationCache
  private let surveys: PreparationCache
  let checkpoints: [Checkpoint]
  let hashes: PendingHashes
  let options: RunOptions
  /// The most room that a thread needs for whole rows that are put together of parts.
  let gatheredByteCount: Int

  /// Prepares the run of planned tensors.
  ///
  /// - Parameters:
  ///   - tensors: what is written.
  ///   - layout: the places of the tensors, in the same order.
  ///   - checkpoints: what is read; the checksums that it has are compared before the output appears.
  ///   - hashes: the files that are hashed meanwhile.
  ///   - options: how to work.
  package init(
    tensors: [PlannedTensor], layout: OutputLayout, checkpoints: [Checkpoint] = [],
    hashes: PendingHashes = .none, options: RunOptions
  ) {
    self.checkpoints = checkpoints
    self.tensors = tensors
    self.layout = layout
    self.hashes = hashes
    self.options = options
    gatheredByteCount =
      tensors.lazy.flatMap { tensor in
        tensor.pieces.lazy.map { BlockComputer.gatheredByteCount($0, dtype: tensor.computedDType) }
      }.max() ?? 0
    shares = Share.shares(of: tensors, layout: layout)
    let items = shares.flatMap(\.items)
    preparations = PreparationCache(items: items) { Self.key($0) }
    surveys = PreparationCache(items: items) { tensors[$0.tensor].survey($0.piece)?.id ?? -1 }
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
    let output = try layout.create(
      at: path, replacing: options.replaces, inputs: inputs,
      shareStarts: shares.map(\.offsetInFile) + [layout.byteCount])
    return try run(into: output, progress: progress)
  }

  /// Writes everything into an output that is open.
  func run(
    into output: any ModelOutput, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunSummary {
    let session = RunSession(runner: self, output: output)
    // A compressed file starts with its header, so its hashes must be known before anything else.
    if layout.startsWithHashes {
      try Parallel.run(threads: options.threads, count: hashes.files.count) {
        try session.hash($1)
      }
    }
    try session.begin()
    try work(session, progress: progress)
    let summary = try session.finish()
    try session.commit()
    return summary
  }

  /// Hashes the inputs and does the shares; the hashes come first, since each is one long task.
  private func work(
    _ session: RunSession, progress: @escaping @Sendable (Int) throws -> Void
  ) throws {
    let hashCount = session.isHashed ? 0 : hashes.files.count
    let taskCount = hashCount + shares.count
    let threads = max(1, min(options.threads, taskCount))
    try Parallel.run(threads: threads, count: taskCount) { worker, task in
      guard task >= hashCount else { return try session.hash(task) }
      do {
        try perform(task - hashCount, session, worker: worker, progress: progress)
      } catch {
        session.output.abandon()
        throw error
      }
    }
  }

  private func perform(
    _ number: Int, _ session: RunSession, worker: Int, progress: (Int) throws -> Void
  ) throws {
    for item in shares[number].items {
      var outcome = WorkOutcome()
      try perform(item, with: session.computer(worker), outcome: &outcome) { slice, offset in
        try session.output.write(slice, tensor: item.tensor, at: offset, share: number)
        try progress(slice.byteCount)
      }
      session.add(outcome, of: item)
    }
    try session.output.endShare(number)
  }

  private static func key(_ item: WorkItem) -> Int { item.tensor << 8 | item.piece }

  /// Does one item and hands its bytes to `write` with their offset in the tensor.
  func perform(
    _ item: WorkItem, with computer: BlockComputer, outcome: inout WorkOutcome,
    write: (ByteSlice, Int) throws -> Void
  ) throws {
    let tensor = tensors[item.tensor]
    let piece = tensor.pieces[item.piece]
    let meter = tensor.plainMeter(options)
    defer { if let meter { outcome.loss = meter.loss } }
    switch piece.work {
    case .literal(let bytes):
      let buffer = ByteBuffer(byteCount: bytes.count, isZeroed: false)
      buffer.all.copy(from: bytes)
      try write(buffer.all, piece.byteOffset)
    case .copy(let stored, let byteOffset):
      let range = byteOffset + item.range.lowerBound..<byteOffset + item.range.upperBound
      let start = piece.byteOffset + item.range.lowerBound
      try computer.copy(stored, range: range, tally: &outcome.tally) { slice, offset in
        meter?.add(slice, stored.info.dtype)
        try write(slice, start + offset)
      }
    case .scales(let survey, let isWhole):
      let scales = try scales(survey, computer)
      try write(survey.bytes(of: scales, isWhole: isWhole), piece.byteOffset)
      surveys.finish(survey.id)
    case .compute(let block, let update):
      let operand = try operand(of: item, block: block, update: update, computer.workspace)
      let tiles = try tiles(of: item, columns: block.columns, computer)
      try computer.compute(
        block, update: update, operand: operand, rows: item.range, dtype: tensor.computedDType,
        tally: &outcome.tally, meter: meter
      ) { try tiles.take($0, at: $1, write: write) }
      try finish(item, tiles, &outcome, write: write)
    case .evaluate(let formula):
      let matrix = try matrix(of: item, formula, computer.workspace)
      let tiles = try tiles(of: item, columns: formula.columns, computer)
      try computer.evaluate(
        matrix, grain: formula.rowGrain, rows: item.range, dtype: tensor.computedDType,
        tally: &outcome.tally
      ) { slice, offset in
        meter?.add(slice, tensor.computedDType)
        try tiles.take(slice, at: offset, write: write)
      }
      try finish(item, tiles, &outcome, write: write)
    }
  }

  /// What takes the computed rows of an item.
  private func tiles(of item: WorkItem, columns: Int, _ computer: BlockComputer) throws -> TileSink
  {
    let tensor = tensors[item.tensor]
    var encoding = tensor.encoding
    if let survey = encoding?.survey {
      encoding = encoding?.prepared(with: try scales(survey, computer))
    }
    return TileSink(
      tensor, tensor.pieces[item.piece], encoding: encoding, first: item.range.lowerBound * columns,
      measuresLoss: options.measuresLoss, workspace: computer.workspace)
  }

  private func finish(
    _ item: WorkItem, _ tiles: TileSink, _ outcome: inout WorkOutcome,
    write: (ByteSlice, Int) throws -> Void
  ) throws {
    try tiles.finish(&outcome, write: write)
    preparations.finish(Self.key(item))
    if let survey = tensors[item.tensor].encoding?.survey { surveys.finish(survey.id) }
  }

  /// What a survey finds; the first item that needs it goes through the values.
  private func scales(_ survey: ScaleSurvey, _ computer: BlockComputer) throws -> GroupScales {
    let preparation = try surveys.preparation(survey.id) {
      .scales(try survey.scales(by: computer))
    }
    if case .scales(let scales) = preparation { return scales }
    return try survey.scales(by: computer)
  }

  private func operand(
    of item: WorkItem, block: StoredBlock, update: Update?, _ workspace: Workspace
  ) throws -> LowRankOperand? {
    guard let update, !update.products.isEmpty else { return nil }
    let preparation = try preparations.preparation(Self.key(item)) {
      .operand(try update.operand(rows: block.rows, columns: block.columns, workspace))
    }
    guard case .operand(let operand) = preparation else { return nil }
    return operand
  }

  private func matrix(
    of item: WorkItem, _ formula: any MatrixFormula, _ workspace: Workspace
  ) throws -> any PreparedMatrix {
    let preparation = try preparations.preparation(Self.key(item)) {
      .matrix(try formula.prepare(workspace))
    }
    if case .matrix(let matrix) = preparation { return matrix }
    return try formula.prepare(workspace)
  }
}
