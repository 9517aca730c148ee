package import WeftTensors

/// A safetensors file that breaks a rule of the format.
package struct SafetensorsError: ActionableError, Equatable {
  /// The rules, in the order in which a file is checked.
  package enum Problem: Sendable, Equatable {
    /// The file is too short to hold the length of a header.
    case headerTooSmall(fileByteCount: Int)
    /// The header carries the mark of a file that is being changed in place.
    case halfChanged
    /// The header is longer than the format allows.
    case headerTooLarge(byteCount: UInt64)
    /// The header does not fit into the file.
    case headerLongerThanFile(byteCount: Int, fileByteCount: Int)
    /// The header is not the JSON that it must be.
    case invalidHeader(JSONError)
    /// The header lists more tensors than any model has.
    case tooManyTensors
    /// A tensor's data does not start where the one before it ended.
    case misplaced(tensor: String, begin: Int, end: Int, expectedBegin: Int)
    /// A tensor's size overflows, or is not a whole number of bytes.
    case invalidSize(tensor: String, dtype: DType, shape: Shape)
    /// A tensor's range does not have the size that its shape and type give.
    case wrongSize(tensor: String, byteCount: Int, expected: Int)
    /// The file ends before the last tensor does.
    case truncated(missingByteCount: Int)
    /// The file goes on after the last tensor.
    case trailingBytes(count: Int)
    /// A tensor that is to be written has a name that is reserved or taken.
    case unwritableName(String)
    /// A tensor that is to be written is of a type that safetensors files do not have.
    case unwritableType(tensor: String, dtype: DType)
    /// The tensors that are to be written are larger than any file.
    case tooMuchData
  }

  /// The file.
  package let path: String
  /// The rule that it breaks.
  package let problem: Problem

  /// Malformed input.
  package var status: ExitStatus { .badData }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch problem {
    case .headerTooSmall(let size):
      "not a safetensors file: \(size) bytes cannot hold a header"
    case .halfChanged: "the file is being changed in place, or that was stopped on the way"
    case .headerTooLarge:
      "not a safetensors file: it does not start with the length of a header"
    case .headerLongerThanFile(let size, let file):
      "the header of \(size) bytes does not fit into a file of \(file)"
    case .invalidHeader(let error): "invalid safetensors header: \(error.what)"
    case .tooManyTensors:
      "the header lists more than \(SafetensorsHeader.maximumTensorCount) tensors"
    case .misplaced(let tensor, let begin, let end, let expected):
      "tensor \"\(tensor)\" has the range \(begin)..<\(end), but \(expected) is where it must begin"
    case .invalidSize(let tensor, let dtype, let shape):
      "tensor \"\(tensor)\" of type \(dtype.rawValue) and shape \(shape) has no valid size"
    case .wrongSize(let tensor, let size, let expected):
      "tensor \"\(tensor)\" has \(size) bytes, but its shape and type need \(expected)"
    case .truncated(let count): "the file is \(count) bytes short"
    case .trailingBytes(let count): "the file goes on for \(count) bytes after its last tensor"
    case .unwritableName(let name): "no tensor can be written as \"\(name)\": the name is taken"
    case .unwritableType(let tensor, let dtype):
      "tensor \"\(tensor)\" is of type \(dtype.rawValue), which safetensors files do not have"
    case .tooMuchData: "the tensors are larger than any file"
    }
  }

  /// The file, and the byte where a header is malformed.
  package var place: String? {
    guard case .invalidHeader(let error) = problem else { return path }
    return "\(path), byte \(error.offset + SafetensorsHeader.lengthByteCount)"
  }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .headerLongerThanFile, .truncated: "download it again"
    case .unwritableType: "convert it to a type such as F16"
    case .halfChanged: "wait until it is done, or run weft undo on the undo file"
    default: "the file is damaged or not a model; get it again from its source"
    }
  }
}
