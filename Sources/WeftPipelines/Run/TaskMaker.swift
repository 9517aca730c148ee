import WeftFiles
import WeftTensors

/// Makes what is missing of a task in the order of its steps: a scan that fails ends it; what does not depend on another failure
/// is made all the same, unless a retry may cure that.
struct TaskMaker {
  let task: ManifestTask
  let plan: TaskPlan
  let content: String
  let maker: ProductMaker
  let ledger: ProductLedger
  /// Whether the outputs of each pass so far are there.
  private var isMade: [Bool] = []

  init(
    _ task: ManifestTask, plan: TaskPlan, content: String, maker: ProductMaker,
    ledger: ProductLedger
  ) {
    self.task = task
    self.plan = plan
    self.content = content
    self.maker = maker
    self.ledger = ledger
  }

  /// Makes everything; `passed` is called after each pass.
  mutating func make(passed: () throws -> Void) throws {
    if let scan = plan.scan, try !ledger.make([scan], { _ in try maker.scan() }) { return }
    for (pass, items) in zip(plan.recipe.passes, plan.outputs) {
      isMade.append(try make(pass, items))
      try passed()
    }
    for (proof, items) in zip(plan.recipe.proofs, plan.proofs) where isMade[proof.pass] {
      try prove(proof, items)
    }
    for (report, items) in zip(plan.recipe.reports, plan.reports) { try write(report, items) }
  }

  private func make(_ pass: ModelPass, _ items: [TaskPlan.Item]) throws -> Bool {
    guard let source = source(of: pass) else { return false }
    return try ledger.make(items) { try maker.make(pass, source: source, only: $0) }
  }

  private func prove(_ proof: TaskRecipe.Proof, _ items: [TaskPlan.Item]) throws {
    let pass = plan.recipe.passes[proof.pass]
    guard let source = source(of: pass) else { return }
    for (item, output) in zip(items, pass.outputs) {
      // What was made again under the same name is another file.
      _ = try ledger.make([item], again: ledger.made.contains(output.path)) { _ in
        try maker.prove(proof, pass, output, source: source, key: item.key)
      }
    }
  }

  private func write(_ report: TaskRecipe.Report, _ items: [TaskPlan.Item]) throws {
    // Both files are written together.
    let isIncomplete = items.contains { ledger.finished($0) == nil }
    _ = try ledger.make(items, again: isIncomplete || !ledger.made.isEmpty) { _ in
      try TaskReport(task: task, content: content, products: ledger.products, plan: plan)
        .write(report, place: maker.place, state: maker.state)
    }
  }

  /// The model that a pass reads; nil when it could not be made.
  private func source(of pass: ModelPass) -> String? {
    switch pass.source {
    case .input: maker.input
    case .pass(let index):
      isMade[index] ? plan.outputs[index].first?.path.map(OutputState.found) : nil
    }
  }
}
