import Dispatch
import WeftFiles
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// What happens when the user presses Ctrl-C or the system asks the program to end.
enum Interruption {
  /// From now on an interrupt removes unfinished files and ends the program with its exit code.
  static func endProgramCleanly() {
    watch(SIGINT, .interrupted)
    watch(SIGTERM, .terminated)
  }

  private static func watch(_ signal: Int32, _ status: ExitStatus) {
    Glibc.signal(signal, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
    source.setEventHandler {
      // The handler keeps its source alive: it must watch as long as the process lives.
      withExtendedLifetime(source) {}
      OutputFile.removeUnfinished()
      if Console.isInteractive { Console.sayPart("\r\u{1B}[K") }
      Console.complain(
        status == .interrupted
          ? "interrupted: nothing was written" : "terminated: nothing was written")
      _exit(status.rawValue)
    }
    source.activate()
  }
}
