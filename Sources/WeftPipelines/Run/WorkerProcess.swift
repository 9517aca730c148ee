import Foundation
package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A worker in a process of its own: what goes wrong in it, goes wrong with its task alone.
///
/// It takes the numbers of tasks, a line each, and says a line when one has ended. One thread uses it.
package final class WorkerProcess {
  private let process = Process()
  private let commands = Pipe()
  private let messages = Pipe()
  private var buffer: [UInt8] = []

  /// Starts a worker.
  ///
  /// - Parameters:
  ///   - program: the path of weft.
  ///   - arguments: the arguments that make it a worker.
  /// - Throws: when the program cannot be started.
  package init(program: String, arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // A crash is told in one line by this process.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardInput = commands
    process.standardOutput = messages
    // A command for a worker that is gone must fail, and not end this process.
    signal(SIGPIPE, SIG_IGN)
    do {
      try process.run()
    } catch {
      throw PipelineError.temporary(
        "a worker cannot be started: \(error.localizedDescription)", at: program,
        advice: "look at the limits of processes and memory")
    }
  }

  /// Does a task and gives how it ended, or nil when another worker has it.
  ///
  /// - Throws: when the worker cannot go on; it is gone then.
  package func perform(_ index: Int, progress: (Int) -> Void) throws -> TaskOutcome? {
    let command = Array("\(index)\n".utf8)
    // In bounds: the array's own bytes.
    let count = command.withUnsafeBytes {
      write(commands.fileHandleForWriting.fileDescriptor, $0.baseAddress, $0.count)
    }
    guard count == command.count else { throw loss() }
    while let line = nextLine() {
      switch WorkerMessage(line: line) {
      case .progress(let count): progress(count)
      case .done(let outcome): return outcome
      case .held: return nil
      case .trouble(let status, let message):
        throw PipelineError(
          status: status, what: message, place: nil, advice: "run the pipeline again")
      case nil: continue
      }
    }
    throw loss()
  }

  /// Lets the worker end.
  package func finish() {
    try? commands.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func nextLine() -> [UInt8]? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        return Array(buffer[..<end])
      }
      // Something that the worker has started may hold the pipe open when the worker is gone.
      guard hasMessages() || process.isRunning else { return nil }
      guard hasMessages() else { continue }
      let data = messages.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      buffer += data
    }
  }

  /// Waits for messages, for a while.
  private func hasMessages() -> Bool {
    var poller = pollfd(
      fd: messages.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, Self.patience) > 0
  }

  /// The time after which it is asked whether the worker is still there, in milliseconds.
  private static let patience: Int32 = 500

  /// What is known of a worker that is gone.
  private func loss() -> WorkerLoss {
    process.waitUntilExit()
    let signal = process.terminationReason == .uncaughtSignal
    return WorkerLoss(code: process.terminationStatus, isSignal: signal)
  }
}

/// The end of a worker process in the middle of a task.
package struct WorkerLoss: ActionableError {
  /// The exit code or the number of the signal.
  package let code: Int32
  /// Whether a signal ended the process.
  package let isSignal: Bool

  /// Killed from outside, as the system does it when memory runs out, is worth another try; a crash is a bug.
  package var status: ExitStatus {
    if isSignal { return code == SIGKILL || code == SIGTERM ? .temporary : .bug }
    // A worker has no reason to end well in the middle of a task.
    return code == 0 ? .bug : ExitStatus(rawValue: code) ?? .bug
  }

  /// What happened.
  package var what: String {
    isSignal ? "the worker was ended by signal \(code)" : "the worker ended with exit code \(code)"
  }
  /// None.
  package var place: String? { nil }
  /// What to do.
  package var advice: String {
    status == .bug
      ? "this is a bug in weft: please report it with the model"
      : "run the pipeline again, with fewer --jobs if memory was short"
  }
}
