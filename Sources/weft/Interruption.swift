import Dispatch
import Synchronization
import WeftFiles
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// What happens when the user presses Ctrl-C or the system asks the program to end.
enum Interruption {
  /// From now on an interrupt removes unfinished files and ends the program with its exit code.
  static func endProgramCleanly() {
    watch { status in
      let word = status == .interrupted ? "interrupted" : "terminated"
      end(status) { $0 ? "\(word): the output is complete" : "\(word): nothing was written" }
    }
  }

  /// From now on an interrupt leaves a request, for work that must not stop halfway; the second one ends the program and
  /// names the undo file that the user may need then.
  static func leaveRequests(undoPath: String) -> Request {
    let request = Request()
    watch { status in
      if request.leave(status) { return }
      end(status) { _ in
        "stopped on the way: if the model was being changed, run weft undo \(undoPath)"
      }
    }
    return request
  }

  /// From now on an interrupt ends a run of many tasks; those that are done stay done.
  static func endPipeline() {
    watch { status in
      let word = status == .interrupted ? "interrupted" : "terminated"
      end(status) { _ in "\(word): what is done stays done; the same command goes on" }
    }
  }

  /// From now on an interrupt removes unfinished files and ends a worker so that its engine starts it again.
  ///
  /// - Parameter quietly: whether another process tells the user; without that process the worker ends, too.
  static func endWorker(quietly: Bool) {
    if quietly { ParentProcess.dieWithIt() }
    watch { _ in
      if quietly {
        _ = OutputFile.removeUnfinished()
        _exit(ExitStatus.temporary.rawValue)
      }
      end(.temporary) { _ in "terminated: what is done stays done; the task can be run again" }
    }
  }

  /// Ends the program with a message, which is told whether an output has appeared.
  private static func end(_ status: ExitStatus, saying message: (Bool) -> String) -> Never {
    let hasOutput = OutputFile.removeUnfinished()
    if Console.isInteractive { Console.sayPart("\r\u{1B}[K") }
    Console.complain(message(hasOutput))
    _exit(status.rawValue)
  }

  private static func watch(_ handler: @escaping @Sendable (ExitStatus) -> Void) {
    for (signal, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)] {
      Glibc.signal(signal, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
      source.setEventHandler {
        // The handler keeps its source alive: it must watch as long as the process lives.
        withExtendedLifetime(source) {}
        handler(status)
      }
      source.activate()
    }
  }

  /// Whether the user wants the program to end.
  final class Request: Sendable {
    private let status = Mutex<ExitStatus?>(nil)

    /// Takes a request down and says whether it is the first.
    func leave(_ wanted: ExitStatus) -> Bool {
      status.withLock { status in
        defer { status = status ?? wanted }
        return status == nil
      }
    }

    /// Throws when there is a request; `outcome` is what the user should know then.
    func check(_ outcome: @autoclosure () -> String) throws(Interrupted) {
      guard let status = status.withLock({ $0 }) else { return }
      throw Interrupted(status: status, advice: outcome())
    }
  }
}

/// The end of a run that the user did not want any more.
struct Interrupted: ActionableError {
  let status: ExitStatus
  let advice: String
  var what: String { status == .interrupted ? "interrupted" : "terminated" }
  var place: String? { nil }
}
