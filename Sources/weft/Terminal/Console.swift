import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Where text goes: results to standard output, everything else to standard error.
enum Console {
  /// Whether standard error is a terminal that people look at.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Prints a result; a full disk or the like ends the program, since the result is what was asked for.
  static func printResult(_ text: String) {
    guard write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) else {
      let reason = String(cString: strerror(errno)).lowercased()
      complain("standard output cannot be written: \(reason): check where it goes")
      exit(ExitStatus.inputOutput.rawValue)
    }
  }

  /// Prints a line of conversation.
  static func say(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Prints text of conversation without ending the line.
  static func sayPart(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Prints an error in one line.
  static func complain(_ message: String) {
    write("weft: error: \(printable(message))\n", to: STDERR_FILENO)
  }

  /// Prints a warning in one line.
  static func warn(_ message: String) {
    write("weft: warning: \(printable(message))\n", to: STDERR_FILENO)
  }

  @discardableResult
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count <= 0, errno != EINTR { return false }
        written += max(0, count)
      }
      return true
    }
  }
}
