package import WeftTensors

/// What is wrong with the knowledge in `formats/`, or with tensors that are to be laid out by it.
package enum FormatError: ActionableError, Equatable {
  /// A file does not say what it must.
  case malformed(file: String, what: String)
  /// A file has a key that means nothing.
  case unknownKey(file: String, key: String, known: [String])
  /// A number does not follow from the dimensions.
  case arithmetic(expression: String, what: String)
  /// A tensor of a layout is made of several, and one of them is absent.
  case incomplete(tensor: String, missing: String)
  /// A layout has no name for a tensor.
  case unnamed(tensor: String, layout: String)
  /// A tensor does not have the shape that the layout needs.
  case misshapen(tensor: String, shape: Shape, wanted: String)
  /// No configuration of a diffusers folder is known for an architecture.
  case noPipeline(architecture: String)

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus {
    switch self {
    case .malformed, .unknownKey, .arithmetic: .badData
    case .incomplete, .unnamed, .misshapen, .noPipeline: .refused
    }
  }

  /// What is wrong, with the names that matter.
  package var what: String {
    switch self {
    case .malformed(_, let what): what
    case .unknownKey(_, let key, _): "unknown key '\(key)'"
    case .arithmetic(let expression, let what): "'\(expression)' \(what)"
    case .incomplete(let tensor, let missing): "'\(tensor)' cannot be made without '\(missing)'"
    case .unnamed(let tensor, let layout): "the layout '\(layout)' has no name for '\(tensor)'"
    case .misshapen(_, let shape, let wanted): "the shape is \(shape), not \(wanted)"
    case .noPipeline(let architecture):
      "no configuration of a diffusers folder is known for '\(architecture)'"
    }
  }

  /// The file or tensor, or nil when there is none.
  package var place: String? {
    switch self {
    case .malformed(let file, _), .unknownKey(let file, _, _): "formats/\(file)"
    case .misshapen(let tensor, _, _): tensor
    default: nil
    }
  }

  /// What to do next.
  package var advice: String {
    switch self {
    case .malformed: "correct the file"
    case .unknownKey(_, _, let known): "use one of \(known.sorted().joined(separator: ", "))"
    case .arithmetic: "check the dimensions of the model and the architecture's file"
    case .incomplete: "give a model that has all parts of the tensor"
    case .unnamed: "choose another layout, or leave the tensor out"
    case .misshapen: "check that the model is complete and of the architecture it seems to be"
    case .noPipeline(let architecture):
      "write one file instead of a folder, or describe the folder in formats/pipelines/\(architecture).json"
    }
  }
}
