import WeftRecipes
import WeftFiles
import WeftTensors
import WeftVerify

/// What became of a model, for people and programs: its outputs, what was lost in them, and what was proved of them.
struct TaskReport {
  let task: ManifestTask
  /// The SHA-256 of the model.
  let content: String
  /// The products so far.
  let products: [Product]
  let plan: TaskPlan

  /// Writes the files of a report.
  func write(_ report: TaskRecipe.Report, place: PipelinePlace, state: StateFolder) throws {
    let value = json(place: place, state: state)
    if let path = report.json { try ReportFile.write(value, to: place.output(path)) }
    if let path = report.html {
      try ReportFile.write(text: TaskPage(report: self, value: value).html, to: place.output(path))
    }
  }

  /// The report; it says nothing of when and where, so that it is the same wherever the work is done again.
  func json(place: PipelinePlace, state: StateFolder) -> JSONValue {
    let failures = products.filter { $0.status != .success }
    return JSONValue.object([
      "input": .string(task.input), "sha256": .string(content), "bytes": .integer(task.byteCount),
      "verdict": .string(failures.isEmpty ? "done" : "failed"),
      "scanned": plan.scan.map { _ in .bool(products.contains { $0.name == "scan" }) },
      "outputs": .array(outputs(place, state)), "proofs": .array(proofs(place, state)),
      "failures": failures.isEmpty
        ? nil
        : .array(
          failures.map {
            JSONValue.object([
              "name": .string($0.name), "status": .integer(Int($0.status.rawValue)),
              "message": $0.message.map(JSONValue.string),
            ])
          }),
    ])
  }

  private func outputs(_ place: PipelinePlace, _ state: StateFolder) -> [JSONValue] {
    zip(plan.recipe.passes, plan.outputs).flatMap { pass, items in
      items.compactMap { item -> JSONValue? in
        guard let product = products.last(where: { $0.name == item.name }) else { return nil }
        return JSONValue.object([
          "path": .string(item.name), "steps": .strings(pass.steps), "key": .string(item.key),
          "done": .bool(product.status == .success),
          "bytes": product.byteCount.map(JSONValue.integer),
          "run": kept(item, of: place.output(item.name), state),
        ])
      }
    }
  }

  private func proofs(_ place: PipelinePlace, _ state: StateFolder) -> [JSONValue] {
    zip(plan.recipe.proofs, plan.proofs).flatMap { proof, items in
      zip(items, plan.recipe.passes[proof.pass].outputs).compactMap { item, output -> JSONValue? in
        guard let product = products.last(where: { $0.name == item.name }) else { return nil }
        return JSONValue.object([
          "step": .string(proof.step), "of": .string(output.path),
          "level": .string(proof.verification.level),
          "verdict": .string(product.status == .success ? "pass" : "fail"),
          "proof": kept(item, of: place.output(output.path), state),
        ])
      }
    }
  }

  /// What was told when a product was made, without what differs from run to run; nil when that is not known any more.
  private func kept(_ item: TaskPlan.Item, of path: String, _ state: StateFolder) -> JSONValue? {
    let value = try? readJSON(state.reportPath(item.key, of: path))
    return value?.members.map { members in
      .object(members.filter { !Self.changing.contains($0.key) })
    }
  }

  private static let changing: Set<String> = ["seconds", "peak_memory_bytes", "output", "base"]
}

/// Small files that are replaced as a whole.
enum ReportFile {
  /// Writes a value as text.
  static func write(_ value: JSONValue, to path: String) throws {
    try write(text: value.prettyText + "\n", to: path)
  }

  /// Writes a text.
  static func write(text: String, to path: String) throws {
    try Paths.makeDirectory(Paths.directory(of: path))
    let bytes = Array(text.utf8)
    let file = try OutputFile.create(at: path, byteCount: bytes.count, replacing: true)
    try file.write(bytes, at: 0)
    try file.commit(sync: false)
  }
}
