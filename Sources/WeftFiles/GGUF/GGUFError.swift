package import WeftTensors

/// A GGUF file that breaks a rule of the format, or cannot be made.
package struct GGUFError: ActionableError, Equatable {
  /// The rules, in the order in which a file is checked.
  package enum Problem: Error, Sendable, Equatable {
    /// The file does not start as GGUF files do.
    case notGGUF
    /// The file ends within its header.
    case headerCutShort(part: String)
    /// The numbers are those of a big-endian machine.
    case bigEndian
    /// The first version, whose counts are narrower.
    case versionOne
    /// A version that nobody has defined.
    case unknownVersion(UInt32)
    /// More tensors than any model has.
    case tooManyTensors(UInt64)
    /// More keys than any model has.
    case tooManyKeys(UInt64)
    /// A text is longer than what it may be, or than what is left of the file.
    case tooLong(part: String, byteCount: UInt64, limit: Int)
    /// A text is no UTF-8, or has a NUL in it.
    case invalidText(part: String)
    /// A key is empty.
    case emptyKey
    /// A key occurs twice.
    case duplicateKey(String)
    /// A value's type is none of the format's.
    case unknownValueType(key: String, type: UInt32)
    /// An array holds arrays.
    case nestedArray(key: String)
    /// An array has more elements than any has, or than fit into the file.
    case tooManyElements(key: String, count: UInt64, limit: Int)
    /// A truth value is neither 0 nor 1.
    case invalidBool(key: String, value: UInt8)
    /// All keys and values together are larger than those of any model.
    case metadataTooLarge
    /// The alignment is no `uint32`, or no power of two.
    case invalidAlignment(String)
    /// The descriptions of the tensors are larger than those of any model.
    case descriptionsTooLarge
    /// A tensor's name occurs twice.
    case duplicateTensor(String)
    /// A tensor has more dimensions than any has.
    case tooManyDimensions(tensor: String, count: UInt32)
    /// A dimension is negative, or larger than any number of elements.
    case invalidDimension(tensor: String, dimension: UInt64)
    /// The number of elements overflows.
    case tooManyElementsOf(tensor: String, shape: Shape)
    /// A tensor's type is none of ggml's.
    case unknownType(tensor: String, id: UInt32)
    /// A tensor's type is one that ggml has removed.
    case removedType(tensor: String, id: UInt32, name: String)
    /// A tensor's rows are no whole number of blocks.
    case brokenRow(tensor: String, dtype: DType, columnCount: Int)
    /// A tensor's size overflows.
    case invalidSize(tensor: String, dtype: DType, shape: Shape)
    /// A tensor's data does not start where the one before it ended, padded.
    case misplaced(tensor: String, offset: UInt64, expected: Int)
    /// All tensors together are larger than any file.
    case tooMuchData
    /// The file ends before the last tensor does.
    case truncated(missingByteCount: Int)
    /// The shape that the metadata has for a tensor is not one.
    case invalidOriginalShape(tensor: String, found: String)
    /// The shape that the metadata has for a tensor has another number of elements.
    case wrongOriginalShape(tensor: String, shape: Shape, stored: Shape)
    /// A tensor that is to be written is of a type that GGUF does not have.
    case unwritableType(tensor: String, dtype: DType)
    /// The shape under which a tensor is to be written has another number of elements.
    case unwritableShape(tensor: String, shape: Shape, stored: Shape)
  }

  /// The file.
  package let path: String
  /// The rule that it breaks.
  package let problem: Problem
  /// Where the reader was, in bytes from the start of the file; nil for what was seen only afterwards.
  package let offsetInFile: Int?

  /// Whether the file was to be written.
  package let isAboutWriting: Bool

  /// Makes an error about a file that is read, or is to be written.
  package init(
    path: String, problem: Problem, offsetInFile: Int? = nil, isAboutWriting: Bool = false
  ) {
    self.path = path
    self.problem = problem
    self.offsetInFile = offsetInFile
    self.isAboutWriting = isAboutWriting
  }

  /// Malformed input, or a model that GGUF cannot hold.
  package var status: ExitStatus { isAboutWriting ? .refused : .badData }

  /// The file, and the byte where its header is malformed.
  package var place: String? { offsetInFile.map { "\(path), byte \($0)" } ?? path }

  /// What to do next.
  package var advice: String { isAboutWriting ? adviceForWriting : adviceForReading }

  private var adviceForReading: String {
    switch problem {
    case .headerCutShort, .truncated: "download it again"
    case .bigEndian: "make it anew on a little-endian machine, or turn it with gguf-py"
    case .versionOne: "make it anew with a present-day llama.cpp or stable-diffusion.cpp"
    case .unknownVersion: "see whether there is a newer weft"
    case .removedType: "make it anew from the unquantised model"
    default: "the file is damaged or not a model; get it again from its source"
    }
  }

  private var adviceForWriting: String {
    switch problem {
    case .unwritableType: "convert the tensor to a type that GGUF has, such as F16"
    case .brokenRow: "choose a type whose blocks the rows are a multiple of, such as F16"
    case .unwritableShape: "give a shape of as many elements"
    case .tooLong, .invalidText, .emptyKey, .duplicateTensor: "give it another name"
    case .invalidAlignment: "leave the key general.alignment out"
    default: "write a safetensors file instead"
    }
  }
}

extension GGUFError {
  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch problem {
    case .notGGUF: "not a GGUF file: it does not start with \"GGUF\""
    case .headerCutShort(let part): "the header ends within \(part)"
    case .bigEndian: "the file is in big-endian byte order"
    case .versionOne: "the file is of version 1 of GGUF, which is no longer read"
    case .unknownVersion(let version): "version \(version) of GGUF is unknown"
    case .tooManyTensors(let count): over("tensors", count, GGUFHeader.maximumTensorCount)
    case .tooManyKeys(let count): over("keys", count, GGUFHeader.maximumKeyCount)
    case .metadataTooLarge:
      "the metadata is over the limits of \(GGUFHeader.maximumMetadataByteCount) bytes in all and "
        + "\(GGUFHeader.maximumTextByteCount) of texts"
    case .descriptionsTooLarge:
      "the descriptions of the tensors are over the limit of "
        + "\(GGUFHeader.maximumDescriptionByteCount) bytes"
    case .tooMuchData: "the tensors are larger than any file"
    case .truncated(let count): "the file is \(count) bytes short"
    default: problem.whatOfKey ?? problem.whatOfTensor
    }
  }

  private func over(_ things: String, _ count: UInt64, _ limit: Int) -> String {
    "the header lists \(count) \(things), over the limit of \(limit)"
  }
}

extension GGUFError.Problem {
  /// What is wrong with a key or a text.
  fileprivate var whatOfKey: String? {
    switch self {
    case .tooLong(let part, let count, let limit):
      "\(part) has \(count) bytes, over the limit of \(limit)"
    case .invalidText(let part): "\(part) is no UTF-8 text without NULs"
    case .emptyKey: "a key is empty"
    case .duplicateKey(let key): "the key \"\(key)\" occurs twice"
    case .unknownValueType(let key, let type):
      "the value of \"\(key)\" is of type \(type), which is unknown"
    case .nestedArray(let key): "the value of \"\(key)\" is an array of arrays"
    case .tooManyElements(let key, let count, let limit):
      "the array of \"\(key)\" has \(count) elements, over the limit of \(limit)"
    case .invalidBool(let key, let value):
      "a truth value of \"\(key)\" is \(value), neither 0 nor 1"
    case .invalidAlignment(let found):
      "the alignment is \(found), not a uint32 that is a power of two"
    default: nil
    }
  }

  /// What is wrong with a tensor.
  fileprivate var whatOfTensor: String {
    switch self {
    case .duplicateTensor(let name): "the tensor \"\(name)\" occurs twice"
    case .tooManyDimensions(let name, let count):
      "tensor \"\(name)\" has \(count) dimensions, over the limit of \(GGUFHeader.maximumRank)"
    case .invalidDimension(let name, let dimension):
      "tensor \"\(name)\" has a dimension of \(dimension)"
    case .tooManyElementsOf(let name, let shape):
      "tensor \"\(name)\" of shape \(shape) has more elements than can be counted"
    case .unknownType(let name, let id): "tensor \"\(name)\" is of type \(id), which is unknown"
    case .removedType(let name, let id, let type):
      "tensor \"\(name)\" is of type \(id), \(type), which ggml has removed"
    case .brokenRow(let name, let dtype, let count):
      "tensor \"\(name)\" has rows of \(count) elements, no multiple of the "
        + "\(dtype.blockElementCount) of \(dtype.rawValue)"
    case .invalidSize(let name, let dtype, let shape):
      "tensor \"\(name)\" of type \(dtype.rawValue) and shape \(shape) has no valid size"
    case .misplaced(let name, let offset, let expected):
      "tensor \"\(name)\" is at \(offset) of the data, but \(expected) is where it must begin"
    case .invalidOriginalShape(let name, let found):
      "the original shape of \"\(name)\" is \(found), not an array of int32 that are not negative"
    case .wrongOriginalShape(let name, let shape, let stored):
      "the original shape of \"\(name)\", \(shape), does not fit the stored \(stored)"
    case .unwritableType(let name, let dtype):
      "tensor \"\(name)\" is of type \(dtype.rawValue), which GGUF does not have"
    case .unwritableShape(let name, let shape, let stored):
      "tensor \"\(name)\" of shape \(shape) cannot be stored as \(stored)"
    default: "the file breaks a rule of GGUF"
    }
  }
}
