package import WeftTensors

/// A torch file that is no checkpoint, or not one that can be read.
package struct TorchError: ActionableError, Equatable {
  /// What is wrong with the file.
  package enum Problem: Error, Sendable, Equatable {
    /// The archive holds no `data.pkl`.
    case noPickle
    /// The archive is a compiled program with weights.
    case torchScript
    /// The file is an archive of another kind.
    case foreignArchive(String)
    /// A member lies outside the archive's one folder.
    case memberOutside(String)
    /// The version of the archive is none that exists.
    case unknownVersion(String)
    /// The archive does not say in which order the bytes of numbers are, but something else.
    case unknownByteOrder(String)
    /// The file is a pickle, but was not written by torch.
    case plainPickle
    /// A part of the old format does not say what it must.
    case malformedPart(String)
    /// The file holds no tensors by name.
    case noStateDict
    /// Two tensors have one name.
    case duplicateName
    /// A name is longer than those of models.
    case longName(byteCount: Int)
    /// There are more tensors than any model has.
    case tooManyTensors
    /// Values are nested deeper or shared more often than in any model.
    case tooManyValues
    /// A tensor is of a kind that cannot be read, such as a quantised one.
    case unsupported(String)
    /// A tensor is not described as it must be.
    case malformedTensor(String)
    /// The data of a tensor is not in the file.
    case missingStorage(key: String)
    /// The data of a tensor is shorter than it must be.
    case shortStorage(key: String, byteCount: Int, expected: Int)
    /// A tensor reaches beyond its data.
    case outsideStorage(key: String)
    /// The tensors are many views of little data.
    case tooMuchData(byteCount: Int, storageByteCount: Int)
    /// The file ends before the last data does.
    case truncated
  }

  /// The file.
  package let path: String
  /// The tensor, or nil when it is about the whole file.
  package var tensor: String?
  /// What is wrong.
  package let problem: Problem
  /// What the pickle names that no checkpoint needs, for the problems of pickles without tensors.
  package var named: [String] = []

  /// Malformed or unsupported input.
  package var status: ExitStatus { .badData }

  /// The file and the tensor.
  package var place: String? { tensor.map { "\(path), tensor \"\($0)\"" } ?? path }
}

extension TorchError {
  /// What is wrong, with the names and numbers that matter.
  package var what: String {
    named.isEmpty ? title : "\(title); its pickle names \(named.joined(separator: ", "))"
  }

  private var title: String {
    switch problem {
    case .noPickle: "this zip archive holds no torch checkpoint"
    case .torchScript: "this is a TorchScript program, not a checkpoint"
    case .foreignArchive(let title): "this is \(title), not a checkpoint"
    case .memberOutside(let name): "the member \"\(name)\" is not within the archive's folder"
    case .unknownVersion(let version): "the archive has the unknown version \"\(version)\""
    case .unknownByteOrder(let order): "the archive has the unknown byte order \"\(order)\""
    case .plainPickle: "this is a Python pickle that torch did not write"
    case .malformedPart(let part): "malformed torch file: \(part)"
    case .noStateDict: "the file holds no tensors by name"
    case .duplicateName: "two tensors have the same name"
    case .longName(let count): "the tensor's name has \(count) bytes, which is over the limit"
    case .tooManyTensors:
      "the file holds more than \(SafetensorsHeader.maximumTensorCount) tensors"
    case .tooManyValues: "values are nested deeper, or repeated more often, than in any model"
    case .unsupported(let what): what
    case .malformedTensor(let what): "malformed tensor: \(what)"
    case .missingStorage(let key): "the data \"\(key)\" is not in the file"
    case .shortStorage(let key, let count, let expected):
      "the data \"\(key)\" has \(count) bytes, but \(expected) are needed"
    case .outsideStorage(let key): "the tensor reaches beyond its data \"\(key)\""
    case .tooMuchData(let count, let storage):
      "the tensors are views that unpack to \(count) bytes, far more than the \(storage) that the file holds"
    case .truncated: "the file ends within the tensors' data"
    }
  }

  /// What to do next.
  package var advice: String {
    guard named.isEmpty else { return "look at it with weft scan; give a checkpoint" }
    return switch problem {
    case .noPickle, .plainPickle, .noStateDict: "give the checkpoint itself"
    case .torchScript:
      "save the state_dict of torch.jit.load(...) with torch.save and give that file"
    case .foreignArchive: "unpack it and give the checkpoint inside"
    case .unsupported: "convert the tensor to a plain type in Python and save the file again"
    case .tooMuchData: "save copies of the tensors, made by .contiguous(), in Python"
    case .truncated: "download it again"
    default: "the file is damaged or not a model; get it again from its source"
    }
  }
}

extension TorchError {
  private static let shownNameCount = 3
  /// Modules of what checkpoints are made of.
  private static let knownModules: Set<String> = ["torch", "collections", "numpy", "_codecs"]

  /// The first functions and classes that are none of those that checkpoints are made of.
  static func foreignNames(in globals: [PickleGlobal]) -> [String] {
    let foreign = globals.lazy.filter { global in
      let package = global.module.utf8.prefix { $0 != UInt8(ascii: ".") }
      return !knownModules.contains(String(Substring(package)))
    }
    return foreign.prefix(shownNameCount).map { String($0.title.prefix(100)) }
  }
}
