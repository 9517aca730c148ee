package import WeftTensors

/// A picture that cannot be read or written.
package struct PictureError: ActionableError {
  /// The kinds of failure, by what the user can do about them.
  package enum Reason: Sendable, Equatable {
    /// The file has no bytes.
    case empty
    /// The file is something else, which is named where it is known.
    case notAPicture(String?)
    /// The file has more bytes than are taken into memory.
    case longFile(byteCount: Int, limit: Int)
    /// The picture has more pixels than are taken into memory.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// The file is too short for a picture of the size that it promises.
    case tooShort(width: Int, height: Int, byteCount: Int)
    /// The texts and whatever else is beside the pixels take more bytes than are taken into memory.
    case longTexts
    /// The file ends within the picture.
    case truncated
    /// The data contradicts itself, in the words of the library that reads it.
    case damaged(String)
    /// A kind of picture that is not read.
    case unsupported(String)
    /// The format has no room for a text.
    case longText(keyword: String, byteCount: Int, limit: Int)
    /// A keyword that PNG files do not allow.
    case badKeyword(String)
    /// The library cannot write the picture, in its words.
    case cannotEncode(String)
  }

  /// The file.
  package let path: String
  /// What went wrong.
  package let reason: Reason

  /// Makes an error about a file.
  package init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus {
    switch reason {
    case .longText, .badKeyword, .cannotEncode: .refused
    default: .badData
    }
  }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch reason {
    case .empty: "the file is empty"
    case .notAPicture(let what?): "this is \(what), not a PNG or JPEG picture"
    case .notAPicture(nil): "this is not a PNG or JPEG picture"
    case .longFile(let byteCount, let limit):
      "the file has \(byteCount) bytes, over the limit of \(limit)"
    case .tooLarge(let width, let height, let limit):
      "the picture is \(width)x\(height), over the limit of \(limit) pixels"
    case .tooShort(let width, let height, let byteCount):
      "a picture of \(width)x\(height) cannot be in \(byteCount) bytes"
    case .longTexts: "the texts beside the pixels are over the limit"
    case .truncated: "the file ends within the picture"
    case .damaged(let what): "the picture is damaged: \(what)"
    case .unsupported(let what): "\(what) is not read"
    case .longText(let keyword, let byteCount, let limit):
      "the text '\(keyword)' takes \(byteCount) bytes, over the format's limit of \(limit)"
    case .badKeyword(let keyword): "'\(keyword)' is no keyword of a text"
    case .cannotEncode(let what): "the picture cannot be written: \(what)"
    }
  }

  /// The path.
  package var place: String? { path }

  /// What to do next.
  package var advice: String {
    switch reason {
    case .empty, .truncated, .damaged, .tooShort: "get the file again from its source"
    case .notAPicture, .unsupported: "save it as a PNG or JPEG of RGB or grey"
    case .longFile, .tooLarge: "make the picture smaller"
    case .longTexts: "save the picture without them"
    case .longText: "write a PNG"
    case .badKeyword: "use up to 79 printable characters of Latin-1"
    case .cannotEncode: "choose a smaller size"
    }
  }
}
