package import WeftTensors

/// An importance matrix that cannot be read as one.
package struct ImportanceMatrixError: ActionableError, Equatable {
  /// What is wrong.
  package enum Problem: Error, Sendable, Equatable {
    /// A GGUF file does not say that it is an importance matrix.
    case otherContent(type: String?)
    /// The number of tensors is not positive, or over the limit.
    case invalidCount(Int)
    /// There is no tensor.
    case empty
    /// The file ends within something.
    case cutShort(part: String)
    /// A name is empty, too long, or no text.
    case invalidName(entry: Int)
    /// A tensor occurs twice.
    case duplicate(tensor: String)
    /// The number of calls is negative.
    case invalidCalls(tensor: String, count: Int)
    /// The number of values is not positive, or no multiple of the number of matrices.
    case invalidSize(tensor: String, count: Int)
    /// There are more values than any model has.
    case tooManyValues
    /// A value is negative or not finite.
    case invalidValue(tensor: String, value: Float)
    /// A tensor has sums without counts, or counts without sums.
    case unpaired(tensor: String, missing: String)
    /// The numbers are not of the type `F32`.
    case wrongType(tensor: String, dtype: DType)
    /// The file goes on behind its end.
    case trailingBytes(count: Int)
    /// What is to be added is of a tensor of another size.
    case doesNotFit(tensor: String, count: Int, wanted: Int)
  }

  /// The file.
  package let path: String
  /// What is wrong.
  package let problem: Problem

  /// Malformed input, or that of another model.
  package var status: ExitStatus {
    if case .doesNotFit = problem { .refused } else { .badData }
  }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch problem {
    case .otherContent(let type):
      "not an importance matrix: general.type is \(type.map { "\"\($0)\"" } ?? "missing")"
    case .invalidCount(let count): "not an importance matrix: it starts with \(count)"
    case .empty: "the importance matrix is of no tensor"
    case .cutShort(let part): "the file ends within \(part)"
    case .invalidName(let entry): "the name of entry \(entry) is no text of a usual length"
    case .duplicate(let tensor): "the tensor \"\(tensor)\" occurs twice"
    case .invalidCalls(let tensor, let count): "\"\(tensor)\" was called \(count) times"
    case .invalidSize(let tensor, let count): "\"\(tensor)\" has \(count) values"
    case .tooManyValues:
      "there are more than \(ImportanceMatrix.maximumValueCount) values"
    case .invalidValue(let tensor, let value): "\"\(tensor)\" has the value \(value)"
    case .unpaired(let tensor, let missing): "\"\(tensor)\" has no \(missing)"
    case .wrongType(let tensor, let dtype): "\"\(tensor)\" is of type \(dtype.rawValue), not F32"
    case .trailingBytes(let count): "the file goes on for \(count) bytes behind its end"
    case .doesNotFit(let tensor, let count, let wanted):
      "\"\(tensor)\" has \(count) values, but the model has \(wanted)"
    }
  }

  /// The file.
  package var place: String? { path }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .otherContent, .invalidCount:
      "give a .dat or .gguf file that llama-imatrix or stable-diffusion.cpp wrote"
    case .doesNotFit: "add the matrix of this model"
    default: "the file is damaged; make it again or get it again from its source"
    }
  }
}
