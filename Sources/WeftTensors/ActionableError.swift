/// The exit codes of the command line.
package enum ExitStatus: Int32, Sendable {
  /// Done.
  case success = 0
  /// The question was answered, and the answer is no.
  case answerIsNo = 1
  /// Refused before writing: tensors are unmatched, mis-shaped or ambiguous, or the architectures differ.
  case refused = 2
  /// The command line is wrong.
  case usage = 64
  /// The input's data is malformed, unsafe or unsupported.
  case badData = 65
  /// An input is missing or unreadable.
  case noInput = 66
  /// A bug in weft.
  case bug = 70
  /// The output exists or cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed.
  case inputOutput = 74
  /// A temporary failure, worth a retry.
  case temporary = 75
  /// Interrupted by the user.
  case interrupted = 130
  /// Terminated from outside.
  case terminated = 143
}

/// An error that says what is wrong, where, and what to do about it, in one line.
package protocol ActionableError: Error, Sendable, CustomStringConvertible {
  /// The exit code of a command that ends with this error.
  var status: ExitStatus { get }
  /// What is wrong, with the numbers that matter.
  var what: String { get }
  /// The file, tensor or byte offset, or nil when there is none.
  var place: String? { get }
  /// What to do next.
  var advice: String { get }
}

extension ActionableError {
  /// The whole message in one line: `WHAT (WHERE): WHAT TO DO`.
  package var description: String {
    let subject = place.map { "\(what) (\($0))" } ?? what
    return printable("\(subject): \(advice)")
  }
}

/// A copy of text from a file that is safe to print: control characters are shown as escapes.
///
/// Names in a stranger's file may hold terminal sequences.
package func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isControl(scalar) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0: true
  case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // they reorder text on screen
  default: false
  }
}
