package import WeftTensors

/// A Python pickle that cannot be decoded.
package struct PickleError: ActionableError, Equatable {
  /// What is wrong with the pickle.
  package enum Problem: Error, Sendable, Equatable {
    /// The file ends within the pickle.
    case truncated
    /// A byte is no instruction.
    case unknownOpcode(UInt8)
    /// The pickle says that it is of a protocol that does not exist.
    case unknownProtocol(UInt8)
    /// An instruction takes more values than there are.
    case emptyStack
    /// An instruction looks for a mark that was not set.
    case noMark
    /// A remembered value is asked for that was never remembered.
    case missingMemo(index: Int)
    /// A value is not of the kind that an instruction needs.
    case wrongKind
    /// A number or text is not spelled as it must be.
    case malformedValue
    /// The pickle needs buffers that are kept elsewhere.
    case outsideBuffer
    /// The pickle is over a limit that no model reaches.
    case overLimit(String)
  }

  /// The file.
  package let path: String
  /// The archive's member, or nil when the file itself is the pickle.
  package let member: String?
  /// Where the instruction is, counted from the start of the file or member.
  package let offset: Int
  /// What is wrong.
  package let problem: Problem

  /// Malformed input.
  package var status: ExitStatus { .badData }

  /// What is wrong.
  package var what: String { "malformed pickle: \(problem.what)" }

  /// The file, the member and the byte.
  package var place: String? {
    member.map { "\(path), member \($0), byte \(offset)" } ?? "\(path), byte \(offset)"
  }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .truncated: "download the file again"
    default: "the file is damaged or not a model; get it again from its source"
    }
  }
}

extension PickleError.Problem {
  /// What is wrong, in words that fit into a sentence.
  package var what: String {
    switch self {
    case .truncated: "it ends too early"
    case .unknownOpcode(let byte): "the byte \(byte) is no instruction"
    case .unknownProtocol(let version): "there is no protocol \(version)"
    case .emptyStack: "an instruction takes a value that is not there"
    case .noMark: "an instruction looks for a mark that is not there"
    case .missingMemo(let index): "nothing was remembered as number \(index)"
    case .wrongKind: "a value is not of the kind that an instruction needs"
    case .malformedValue: "a value is not spelled as it must be"
    case .outsideBuffer: "it needs buffers that are not in the file"
    case .overLimit(let what): "it has more than \(what), as no model has"
    }
  }
}
