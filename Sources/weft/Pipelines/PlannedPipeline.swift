import WeftPipelines
import WeftTensors

/// What a pipeline would do, for people and programs.
struct PlannedPipeline {
  let made: ManifestMaker.Made
  let status: PipelineStatus
  /// The outputs that are there, by the index of their task.
  let finished: [Int: Set<String>]
  let problems: [Int: any ActionableError]

  var text: String {
    var lines: [String] = []
    for task in made.tasks {
      let size = HumanText.bytes(task.byteCount)
      lines.append(
        printable("\(task.input) (\(size)): \(stage(task))"))
      for (place, output) in task.outputs.enumerated() {
        let size =
          task.cost.byteCounts.indices.contains(place)
          ? ", " + HumanText.bytes(task.cost.byteCounts[place]) : ""
        lines.append(printable("  \(output)\(size)\(isFinished(output, task) ? ", done" : "")"))
      }
    }
    return (lines + [total]).joined(separator: "\n")
  }

  private func isFinished(_ output: String, _ task: ManifestTask) -> Bool {
    status.stages[task.index] == .done || finished[task.index]?.contains(output) ?? false
  }

  private func stage(_ task: ManifestTask) -> String {
    if let problem = problems[task.index] { return "cannot be done: \(problem.description)" }
    let cost = task.cost
    let needs =
      "\(HumanText.bytes(cost.outputByteCount)) in \(HumanText.count(task.outputs.count, "file")), "
      + "\(HumanText.bytes(cost.memoryByteCount)) of memory, about \(HumanText.seconds(cost.seconds))"
    switch status.stages[task.index] {
    case .done: return "done, \(needs)"
    case .failed, .transient: return "failed before, \(needs)"
    case .running: return "running, \(needs)"
    case .interrupted, .waiting: return needs
    }
  }

  private var open: [ManifestTask] {
    made.tasks.filter { status.stages[$0.index] != .done && problems[$0.index] == nil }
  }

  private var total: String {
    let open = open
    let size = HumanText.bytes(open.reduce(0) { $0 + $1.cost.outputByteCount })
    let seconds = HumanText.seconds(open.reduce(0) { $0 + $1.cost.seconds })
    let memory = HumanText.bytes(open.map(\.cost.memoryByteCount).max() ?? 0)
    return "\(HumanText.count(made.tasks.count, "model")): \(status.count(.done)) done, "
      + "\(open.count) to do: \(size), about \(seconds) with one worker of at most \(memory)"
      + (problems.isEmpty ? "" : "; \(problems.count) cannot be done")
  }

  var json: JSONValue {
    let open = open
    return JSONValue.object([
      "tasks": .integer(made.tasks.count), "done": .integer(status.count(.done)),
      "to_do": .integer(open.count), "cannot_be_done": .integer(problems.count),
      "output_bytes": .integer(open.reduce(0) { $0 + $1.cost.outputByteCount }),
      "seconds_with_one_worker": .number(open.reduce(0) { $0 + $1.cost.seconds }),
      "memory_bytes": .integer(open.map(\.cost.memoryByteCount).max() ?? 0),
      "models": .array(
        made.tasks.map { task in
          let members = (task.json.members ?? []).filter { $0.key != "outputs" }
          let problem = problems[task.index]
          let more: [JSONValue.Member?] = [
            JSONValue.Member("state", .string("\(status.stages[task.index])")),
            JSONValue.Member("outputs", .array(outputs(task))),
            problem.map { JSONValue.Member("problem", .string($0.description)) },
            problem.map { JSONValue.Member("status", .integer(Int($0.status.rawValue))) },
          ]
          return .object(members + more.compactMap(\.self))
        }),
    ])
  }

  private func outputs(_ task: ManifestTask) -> [JSONValue] {
    task.outputs.enumerated().map { place, output in
      let sizes = task.cost.byteCounts
      return JSONValue.object([
        "path": .string(output),
        "bytes": sizes.indices.contains(place) ? .integer(sizes[place]) : nil,
        "done": .bool(isFinished(output, task)),
      ])
    }
  }
}
