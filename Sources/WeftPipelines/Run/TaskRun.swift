import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

/// The work on one model.
final class TaskRun {
  private let task: ManifestTask
  private let manifest: Manifest
  private let state: StateFolder
  private let options: WorkerOptions
  private let history: TaskHistory
  private let library: FormatLibrary
  private let progress: @Sendable (Int) throws -> Void
  private let start = ContinuousClock.now
  /// What is there and what is made; nil before the model is read.
  private var ledger: ProductLedger?
  /// When the last part was taken down, in seconds from the start.
  private var recordedSeconds = 0.0
  private var content: String?
  private var stamp: SourceStamp?

  private static let secondsWorthARecord = 2.0

  init(
    _ task: ManifestTask, manifest: Manifest, library: FormatLibrary, state: StateFolder,
    options: WorkerOptions, history: TaskHistory,
    progress: @escaping @Sendable (Int) throws -> Void
  ) {
    self.task = task
    self.manifest = manifest
    self.state = state
    self.options = options
    self.history = history
    self.library = library
    self.progress = progress
  }

  /// Makes what is not there yet.
  func perform() throws -> TaskOutcome {
    do {
      let plan = TaskPlan(
        try manifest.recipe(of: task, library: library),
        keys: RecipeKeys(sideFiles: manifest.sideFiles.hashes), place: manifest.place)
      let content = try readContent()
      let ledger = ProductLedger(
        history: history, content: content, replaces: options.replaces)
      let finished = plan.items.compactMap(ledger.finished)
      if finished.count == plan.items.count { return try finishUnchanged(finished) }
      self.ledger = ledger
      try begin(plan.items.filter { ledger.finished($0) == nil && !ledger.isForeign($0) })
      try make(plan, content: content, ledger)
      try checkSources(ledger)
      return try finish(ledger.failure)
    } catch let error as any ActionableError {
      return try finish(error)
    } catch {
      return try finish(
        PipelineError(
          status: .bug, what: "an error that weft does not know: \(type(of: error))",
          place: task.input, advice: "please report this with the model"))
    }
  }

  private func make(_ plan: TaskPlan, content: String, _ ledger: ProductLedger) throws {
    let products = ProductMaker(
      input: manifest.place.path(task.input), place: manifest.place, library: library,
      state: state, options: options, keepsReports: !plan.reports.isEmpty, progress: progress)
    var maker = TaskMaker(task, plan: plan, content: content, maker: products, ledger: ledger)
    try maker.make(passed: addPart)
  }

  /// The hash of the model, which is read unless its stamp is known.
  private func readContent() throws -> String {
    let path = manifest.place.path(task.input)
    let stamp = try SourceStamp(of: path)
    let content = try history.content(for: stamp) ?? SourceFiles.contentHash(of: path)
    self.stamp = stamp
    self.content = content
    return content
  }

  /// A model or an adapter that was written to while it was read gives outputs of neither state.
  private func checkSources(_ ledger: ProductLedger) throws {
    let path = manifest.place.path(task.input)
    let isSame = (try? SourceStamp(of: path).state) == stamp?.state
    let changed =
      isSame ? manifest.sideFiles.firstChanged(at: manifest.place) : path
    guard let changed else { return }
    let error = PipelineError.temporary(
      "the file changed while it was read", at: changed, advice: "run the task again")
    ledger.spoil(error)
    throw error
  }
}

// MARK: Records

extension TaskRun {
  private func record(_ event: TaskRecord.Event) -> TaskRecord {
    var record = TaskRecord(task: task.id, event: event, attempt: history.attemptCount + 1)
    record.content = content
    record.stamp = stamp?.digest
    record.state = stamp?.state
    return record
  }

  /// Takes down which files may be written from now on.
  ///
  /// What is somebody else's is not among them, so that it stays so even if this worker is killed before it says that.
  private func begin(_ items: [TaskPlan.Item]) throws {
    var record = record(.begin)
    record.products = items.filter { $0.path != nil }.map {
      Product(name: $0.name, key: $0.key)
    }
    try state.add(record)
  }

  /// Takes down what is there so far, when it would be a pity to make it again.
  private func addPart() throws {
    guard let ledger, !ledger.made.isEmpty, seconds - recordedSeconds >= Self.secondsWorthARecord
    else { return }
    try checkSources(ledger)
    recordedSeconds = seconds
    var record = record(.part)
    record.products = ledger.products
    try state.add(record)
  }

  private func finish(
    _ error: (any ActionableError)?, unchanged: [Product] = []
  ) throws -> TaskOutcome {
    var record = record(.end)
    let products = ledger?.products ?? unchanged
    let made = ledger?.made ?? []
    record.products = products
    record.status = error?.status ?? .success
    record.message = error?.description
    let seconds = seconds
    // What the task takes is what it took when there was something to do.
    record.seconds = made.isEmpty && error == nil ? history.lastSeconds ?? seconds : seconds
    record.peakMemoryByteCount = ProcessMemory.peakByteCount
    try state.add(record)
    return TaskOutcome(
      status: record.status, message: record.message, madeCount: made.count,
      keptCount: products.count { $0.status == .success } - made.count, seconds: seconds)
  }

  /// Everything was there; a new record says so only when the next look would have to read the model again, or believe an older
  /// failure.
  private func finishUnchanged(_ products: [Product]) throws -> TaskOutcome {
    if let stamp, history.content(for: stamp) == nil || !history.endedWell {
      return try finish(nil, unchanged: products)
    }
    return TaskOutcome(
      status: .success, message: nil, madeCount: 0, keptCount: products.count,
      seconds: seconds)
  }

  private var seconds: Double {
    (ContinuousClock.now - start).inSeconds
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
