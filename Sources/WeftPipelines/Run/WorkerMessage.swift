package import WeftTensors

/// A line that a worker process says to the one that gives it tasks.
package enum WorkerMessage: Sendable {
  /// So many more bytes were written.
  case progress(Int)
  /// A task has ended.
  case done(TaskOutcome)
  /// Another worker has the task.
  case held
  /// The worker itself cannot go on.
  case trouble(ExitStatus, String)

  /// The message as a line.
  package var line: String {
    switch self {
    case .progress(let count): JSONValue.object(["progress": .integer(count)]).compactText
    case .held: JSONValue.object(["held": .bool(true)]).compactText
    case .trouble(let status, let message):
      JSONValue.object([
        "trouble": .integer(Int(status.rawValue)), "message": .string(message),
      ]).compactText
    case .done(let outcome):
      JSONValue.object([
        "status": .integer(Int(outcome.status.rawValue)),
        "message": outcome.message.map(JSONValue.string), "made": .integer(outcome.madeCount),
        "kept": .integer(outcome.keptCount), "seconds": .number(outcome.seconds),
      ]).compactText
    }
  }

  /// Reads a line; nil for anything else.
  package init?(line: [UInt8]) {
    guard let value = try? JSONValue(parsing: line) else { return nil }
    if let count = value["progress"]?.integer {
      self = .progress(count)
    } else if value["held"]?.bool == true {
      self = .held
    } else if let status = value["trouble"]?.integer.flatMap(ExitStatus.init(code:)) {
      self = .trouble(status, value["message"]?.text ?? "")
    } else if let status = value["status"]?.integer.flatMap(ExitStatus.init(code:)) {
      self = .done(
        TaskOutcome(
          status: status, message: value["message"]?.text,
          madeCount: value["made"]?.integer ?? 0, keptCount: value["kept"]?.integer ?? 0,
          seconds: value["seconds"]?.double ?? 0))
    } else {
      return nil
    }
  }
}
