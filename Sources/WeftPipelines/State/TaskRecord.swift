package import WeftTensors

/// A line of a journal: a worker has begun a task, has made a part of it, or has ended it.
package struct TaskRecord: Sendable, Equatable {
  /// What happened.
  package enum Event: String, Sendable {
    /// The outputs in the record may be written from now on.
    case begin
    /// The products of the record are there; the task goes on.
    case part
    /// The task has ended; the record has all its products.
    case end
  }

  /// The task.
  package var task: String
  /// What happened.
  package var event: Event
  /// The number of the attempt at the task, from 1; a later one counts more, whatever the clocks say.
  package var attempt: Int
  /// The SHA-256 of the model; nil when it could not be read.
  package var content: String?
  /// The stamp of the model when it was hashed.
  package var stamp: String?
  /// The same, even when the model had changed a moment before, so that it may miss a change.
  package var state: String?
  /// The products that the record is about.
  package var products: [Product] = []
  /// How the task ended; success in other records.
  package var status = ExitStatus.success
  /// Why the task failed, in one line; nil when it did not.
  package var message: String?
  /// How long it took, in seconds; nil before its end.
  package var seconds: Double?
  /// The most memory that the worker has held so far, in bytes; nil before the task's end.
  package var peakMemoryByteCount: Int?
  /// The machine and the process that worked.
  package var worker = ""

  /// Describes an event.
  package init(task: String, event: Event, attempt: Int) {
    self.task = task
    self.event = event
    self.attempt = attempt
  }
}

extension TaskRecord {
  /// The record as a line of a journal; it starts with the task and the event, so that readers can pass it over quickly.
  package var line: String {
    JSONValue.object([
      "task": .string(task), "event": .string(event.rawValue), "attempt": .integer(attempt),
      "status": .integer(Int(status.rawValue)), "message": message.map(JSONValue.string),
      "content": content.map(JSONValue.string), "stamp": stamp.map(JSONValue.string),
      "state": stamp == nil ? state.map(JSONValue.string) : nil,
      "products": .array(products.map(\.json)),
      "seconds": seconds.map { .number(($0 * 1000).rounded() / 1000) },
      "peak_memory_bytes": peakMemoryByteCount.map(JSONValue.integer),
      "worker": .string(worker),
    ]).compactText
  }

  /// Reads a line; nil for one that is damaged.
  package init?(line: ArraySlice<UInt8>) {
    guard let value = try? JSONValue(parsing: Array(line)), let task = value["task"]?.text,
      let event = value["event"]?.text.flatMap(Event.init), let attempt = value["attempt"]?.integer,
      let status = value["status"]?.integer.flatMap(ExitStatus.init(code:)),
      let products = value["products"]?.elements
    else { return nil }
    self.init(task: task, event: event, attempt: attempt)
    self.status = status
    message = value["message"]?.text
    content = value["content"]?.text
    stamp = value["stamp"]?.text
    state = value["state"]?.text ?? stamp
    self.products = products.compactMap(Product.init)
    seconds = value["seconds"]?.double
    peakMemoryByteCount = value["peak_memory_bytes"]?.integer
    worker = value["worker"]?.text ?? ""
  }

  /// What a line starts with.
  struct Start {
    /// The id of the task.
    let task: UInt64
    /// What happened.
    let event: Event
    /// The number of the attempt.
    let attempt: Int
  }

  /// Reads the start of a line, which is enough to pass over most lines; nil for a line of another kind.
  static func start(of line: ArraySlice<UInt8>) -> Start? {
    let taskStart = line.startIndex + prefix.count
    let eventStart = taskStart + ManifestTask.idDigitCount + middle.count
    guard line.endIndex > eventStart, line.starts(with: prefix) else { return nil }
    for (text, event) in events where line[eventStart...].starts(with: text) {
      let digits = line[(eventStart + text.count)...].prefix { (0x30...0x39).contains($0) }
      guard let attempt = Int(String(decoding: digits, as: UTF8.self)),
        let task = hexadecimal(line[taskStart..<taskStart + ManifestTask.idDigitCount])
      else { return nil }
      return Start(task: task, event: event, attempt: attempt)
    }
    return nil
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(digit - 0x57)
      default: return nil
      }
    }
    return value
  }

  private static let prefix = Array(#"{"task":""#.utf8)
  private static let middle = Array(#"","event":""#.utf8)
  private static let events = [Event.begin, .part, .end].map {
    (Array("\($0.rawValue)\",\"attempt\":".utf8), $0)
  }
}
