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
  /// All products so far, made now or before.
  private var products: [Product] = []
  /// The names of those that were made now.
  private var made: Set<String> = []
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
      let missing = plan.items.filter { finished($0, content: content) == nil }
      if missing.isEmpty { return try finishUnchanged(plan, content: content) }
      try begin(missing)
      try make(plan, content: content)
      try checkInput()
      return try finish(nil)
    } catch let error as any ActionableError {
      return try finish(error)
    }
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

  /// A model that was written to while it was read gives outputs of neither state.
  private func checkInput() throws {
    let path = manifest.place.path(task.input)
    guard let stamp, try SourceStamp(of: path).state != stamp.state else { return }
    throw PipelineError.temporary(
      "the model changed while it was read", at: path, advice: "run the task again")
  }

  private func finished(_ item: TaskPlan.Item, content: String) -> Product? {
    history.finished(item.name, key: item.key, content: content, path: item.path)
  }
}

// MARK: Making

extension TaskRun {
  /// Makes the missing products in order; what does not depend on a failure is made all the same, unless a retry may cure it.
  private func make(_ plan: TaskPlan, content: String) throws {
    let maker = ProductMaker(
      input: manifest.place.path(task.input), place: manifest.place, library: library,
      state: state, options: options, keepsReports: !plan.reports.isEmpty, progress: progress)
    var failure: (any ActionableError)?
    /// Does a part; gives whether it went well.
    func attempt(
      _ items: [TaskPlan.Item], again: Bool = false, _ body: ([TaskPlan.Item]) throws -> Void
    ) throws -> Bool {
      let missing = items.filter { again || finished($0, content: content) == nil }
      if !again { products += items.compactMap { finished($0, content: content) } }
      guard !missing.isEmpty else { return true }
      do {
        try body(missing)
        take(missing)
        return true
      } catch let error as any ActionableError {
        for item in missing { takeFailure(error, of: item) }
        if error.status.isTransient { throw error }
        failure = failure ?? error
        return false
      }
    }
    if let scan = plan.scan, try !attempt([scan], { _ in try maker.scan() }) {
      return try rethrow(failure)
    }
    var isMade: [Bool] = []
    for (pass, items) in zip(plan.recipe.passes, plan.outputs) {
      let source = source(of: pass, in: plan, isMade: isMade, input: maker.input)
      guard let source else {
        isMade.append(false)
        continue
      }
      isMade.append(
        try attempt(items) { missing in
          try refuseForeign(missing)
          try maker.make(pass, source: source, only: missing)
        })
      try addPart()
    }
    for (proof, items) in zip(plan.recipe.proofs, plan.proofs) where isMade[proof.pass] {
      let pass = plan.recipe.passes[proof.pass]
      guard let source = source(of: pass, in: plan, isMade: isMade, input: maker.input) else {
        continue
      }
      for (item, output) in zip(items, pass.outputs) {
        // What was made again under the same name is another file.
        _ = try attempt([item], again: made.contains(output.path)) { _ in
          try maker.prove(proof, pass, output, source: source, key: item.key)
        }
      }
    }
    for (report, items) in zip(plan.recipe.reports, plan.reports) {
      // Both files are written together.
      let isIncomplete = items.contains { finished($0, content: content) == nil }
      _ = try attempt(items, again: isIncomplete || !made.isEmpty) { missing in
        try refuseForeign(missing)
        try TaskReport(task: task, content: content, products: products, plan: plan)
          .write(report, place: manifest.place, state: state)
      }
    }
    try rethrow(failure)
  }

  /// The model that a pass reads; nil when it could not be made.
  private func source(
    of pass: ModelPass, in plan: TaskPlan, isMade: [Bool], input: String
  ) -> String? {
    switch pass.source {
    case .input: input
    case .pass(let index):
      isMade[index] ? plan.outputs[index].first?.path.map(OutputState.found) : nil
    }
  }

  private func rethrow(_ failure: (any ActionableError)?) throws {
    if let failure { throw failure }
  }

  /// A file that is in the way, and that no record says this pipeline made, is somebody's.
  private func isForeign(_ item: TaskPlan.Item) -> Bool {
    guard !options.replaces, let path = item.path, Paths.exists(OutputState.found(path)) else {
      return false
    }
    return !history.isOwn(item.name, path: path)
  }

  private func refuseForeign(_ items: [TaskPlan.Item]) throws {
    guard let item = items.first(where: isForeign) else { return }
    throw PipelineError(
      status: .cannotCreate,
      what: "the output exists and is not what this pipeline made there", place: item.path,
      advice: "move it away, or replace it with --force")
  }

  private func take(_ items: [TaskPlan.Item]) {
    for item in items {
      var product = Product(name: item.name, key: item.key)
      product.takeState(of: item.path)
      products.append(product)
      made.insert(item.name)
    }
  }

  private func takeFailure(_ error: any ActionableError, of item: TaskPlan.Item) {
    var product = Product(
      name: item.name, key: item.key, status: error.status, message: error.description)
    // Of several variants some may be there: they are this pipeline's, unlike a file that was in the way.
    if error.status != .cannotCreate { product.takeState(of: item.path) }
    products.append(product)
  }
}

// MARK: Records

extension TaskRun {
  private func record(_ event: TaskRecord.Event) -> TaskRecord {
    var record = TaskRecord(task: task.id, event: event, attempt: history.attemptCount + 1)
    record.content = content
    record.stamp = stamp?.digest
    return record
  }

  private func begin(_ items: [TaskPlan.Item]) throws {
    var record = record(.begin)
    // What is somebody else's stays so, even if this worker is killed before it says that.
    record.products = items.filter { $0.path != nil && !isForeign($0) }.map {
      Product(name: $0.name, key: $0.key)
    }
    try state.add(record)
  }

  /// Takes down what is there so far, when it would be a pity to make it again.
  private func addPart() throws {
    guard !made.isEmpty, seconds - recordedSeconds >= Self.secondsWorthARecord else { return }
    recordedSeconds = seconds
    var record = record(.part)
    record.products = products
    try state.add(record)
  }

  private func finish(_ error: (any ActionableError)?) throws -> TaskOutcome {
    var record = record(.end)
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
  private func finishUnchanged(_ plan: TaskPlan, content: String) throws -> TaskOutcome {
    products = plan.items.compactMap { finished($0, content: content) }
    if let stamp, history.content(for: stamp) == nil || !history.endedWell {
      return try finish(nil)
    }
    return TaskOutcome(
      status: .success, message: nil, madeCount: 0, keptCount: products.count,
      seconds: seconds)
  }

  private var seconds: Double {
    let time = (ContinuousClock.now - start).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
  }
}
