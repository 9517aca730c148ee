package import WeftTensors

/// Why no submission file can be made.
package enum SubmissionError: ActionableError, Equatable {
  /// An engine needs something that was not given.
  case missing(engine: String, what: String, option: String)
  /// The workers would not see the manifest.
  case outsideMount(manifest: String, mountPath: String)
  /// An engine has no way to write the manifest's path.
  case forbiddenCharacter(String, engine: String, manifest: String)
  /// A number is not in the range that makes sense.
  case outOfRange(what: String, value: Int, range: ClosedRange<Int>)
  /// The text of an engine's file names a value that does not exist.
  case unknownPlaceholder(String, engine: String)

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus {
    if case .unknownPlaceholder = self { .bug } else { .usage }
  }

  /// What is wrong, with the names and numbers that matter.
  package var what: String {
    switch self {
    case .missing(let engine, let what, _): "\(engine) needs \(what)"
    case .outsideMount(_, let mountPath):
      "the manifest is not below '\(mountPath)', where the workers see the models"
    case .forbiddenCharacter(let character, let engine, _):
      "\(engine) takes '\(character)' in a path for something else"
    case .outOfRange(let what, let value, let range):
      "\(what) is \(value), not \(range.lowerBound) to \(range.upperBound)"
    case .unknownPlaceholder(let name, _): "there is no value '\(name)'"
    }
  }

  /// The file, or nil when there is none.
  package var place: String? {
    switch self {
    case .outsideMount(let manifest, _), .forbiddenCharacter(_, _, let manifest): manifest
    case .unknownPlaceholder(_, let engine): "formats/engines/\(engine).txt"
    case .missing, .outOfRange: nil
    }
  }

  /// What to do next.
  package var advice: String {
    switch self {
    case .missing(_, _, let option): "give \(option)"
    case .outsideMount:
      "give the path of the mount, or put the manifest on the volume"
    case .forbiddenCharacter: "put the manifest where no such character is in its path"
    case .outOfRange: "give a number of that range"
    case .unknownPlaceholder: "please report this"
    }
  }
}
