import WeftFiles
package import WeftTensors

/// A line of a manifest: one model, and what is predicted of the work on it.
package struct ManifestTask: Sendable, Equatable {
  /// The number of the task, from 0.
  package var index: Int
  /// The model's path, as the pipeline names it.
  package var input: String
  /// The folder below the part of the glob that has no wildcards; `.` for none.
  package var folder = "."
  /// The numbers of the pipeline's overrides that fit the model.
  package var overrides: [Int] = []
  /// The size of the model, in bytes.
  package var byteCount = 0
  /// What the work is predicted to take.
  package var cost = TaskCost()
  /// The paths of what is written, below the folder of the outputs.
  package var outputs: [String] = []

  /// Makes a task.
  package init(index: Int, input: String) {
    self.index = index
    self.input = input
  }

  /// What the task's records and its claim are called: it depends on the model's path alone, so that a pipeline that changes
  /// finds what was done before.
  package var id: String { Self.id(of: input) }

  /// The digits of an id.
  static let idDigitCount = 16

  /// The name of the task of a model.
  package static func id(of input: String) -> String {
    String(SHA256.digest(Array(input.utf8)).prefix(idDigitCount))
  }

  var found: InputFinder.Found { InputFinder.Found(path: input, folder: folder) }
}

/// What a task is predicted to take.
package struct TaskCost: Sendable, Equatable {
  /// The size of the outputs, in bytes.
  package var outputByteCount = 0
  /// The sizes of the models that are written, in the order of the task's outputs, in bytes; empty where they were not measured.
  package var byteCounts: [Int] = []
  /// The bytes that are read and written in all.
  package var workByteCount = 0
  /// The most memory that is held, in bytes.
  package var memoryByteCount = 0
  /// The time with one processor, in seconds.
  package var seconds = 0.0

  /// Makes the cost of nothing.
  package init() {}
}

extension ManifestTask {
  /// The task as a line of a manifest.
  package var json: JSONValue {
    JSONValue.object([
      "index": .integer(index), "task": .string(id), "input": .string(input),
      "folder": folder == "." ? nil : .string(folder),
      "overrides": overrides.isEmpty ? nil : .array(overrides.map(JSONValue.integer)),
      "bytes": .integer(byteCount), "outputs": .strings(outputs),
      "output_bytes": .integer(cost.outputByteCount), "work_bytes": .integer(cost.workByteCount),
      "memory_bytes": .integer(cost.memoryByteCount),
      "seconds": .number((cost.seconds * 1000).rounded() / 1000),
    ])
  }

  /// Reads a line; nil when it is none.
  init?(_ value: JSONValue) {
    guard let index = value["index"]?.integer, index >= 0, let input = value["input"]?.text,
      let byteCount = value["bytes"]?.integer, byteCount >= 0,
      let outputs = value["outputs"]?.elements?.compactMap(\.text)
    else { return nil }
    self.init(index: index, input: input)
    folder = value["folder"]?.text ?? "."
    overrides = value["overrides"]?.elements?.compactMap(\.integer) ?? []
    self.byteCount = byteCount
    self.outputs = outputs
    cost.outputByteCount = Self.predicted(value["output_bytes"])
    cost.workByteCount = Self.predicted(value["work_bytes"])
    cost.memoryByteCount = Self.predicted(value["memory_bytes"])
    cost.seconds = min(max(0, value["seconds"]?.double ?? 0), Double(Self.predictionLimit))
  }

  /// Millions of predictions up to it can be added up.
  private static let predictionLimit = 1 << 42

  private static func predicted(_ value: JSONValue?) -> Int {
    min(max(0, value?.integer ?? 0), predictionLimit)
  }
}
