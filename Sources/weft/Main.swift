import ArgumentParser
import WeftKernels
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Runs the command line and turns every error into one line and an exit code.
@main
enum Main {
  static func main() {
    FreedMemory.keep()
    // A file that may not grow further must be an error that is told, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try Weft.parseAsRoot()
      try command.run()
      exit(ExitStatus.success.rawValue)
    } catch {
      exit(report(error))
    }
  }

  /// Prints what an error says and gives the exit code.
  private static func report(_ error: any Error) -> Int32 {
    if let error = error as? any ActionableError {
      Console.complain(error.description)
      return error.status.rawValue
    }
    let code = Weft.exitCode(for: error)
    if code.isSuccess {
      Console.printResult(Weft.fullMessage(for: error))
      return code.rawValue
    }
    if error is ExitCode { return code.rawValue }
    Console.complain(usageMessage(error))
    return ExitStatus.usage.rawValue
  }

  /// The parser's message in one line, with the command whose help explains it.
  private static func usageMessage(_ error: any Error) -> String {
    let message = Weft.message(for: error).split(separator: "\n").joined(separator: " ")
    let path = commandPath(CommandLine.arguments.dropFirst())
    return "\(message): see 'weft \(path.map { $0 + " " }.joined())--help'"
  }

  /// The names of the command and its subcommands that arguments begin with.
  private static func commandPath(_ arguments: ArraySlice<String>) -> [String] {
    let groups = Weft.configuration.groupedSubcommands.flatMap(\.subcommands)
    var known = Weft.configuration.subcommands + groups
    var path: [String] = []
    for argument in arguments {
      guard let command = known.first(where: { $0._commandName == argument }) else { break }
      path.append(argument)
      known = command.configuration.subcommands
    }
    return path
  }
}
