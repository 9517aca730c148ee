package import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// A failure of the file system, or of what it holds at a path.
package struct FileError: ActionableError {
  /// The kinds of failure, by what the user can do about them.
  package enum Reason: Sendable, Equatable {
    /// There is no such input.
    case missing
    /// The input is a directory, a device or the like.
    case notAFile
    /// The input cannot be opened.
    case unreadable(Int32)
    /// Reading failed.
    case readFailed(Int32, offsetInFile: Int)
    /// The file ended before the bytes that its header promised; it changed while it was read.
    case shortRead(offsetInFile: Int)
    /// The output exists and was not to be replaced.
    case exists
    /// The output is one of the inputs, or another output.
    case isInput
    /// The output is a folder of something else than a model.
    case foreignFolder
    /// The output cannot be created.
    case cannotCreate(Int32)
    /// The disk has no room for the output.
    case noSpace(byteCount: Int)
    /// Writing failed.
    case writeFailed(Int32)
    /// The file that is to be changed where it lies may not be written.
    case writeProtected
    /// Another process is changing the file.
    case isBusy
  }

  /// The path that the failure is about.
  package let path: String
  /// What went wrong.
  package let reason: Reason

  /// Makes an error about a path.
  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus {
    switch reason {
    case .missing, .notAFile, .unreadable: .noInput
    case .readFailed, .shortRead, .noSpace, .writeFailed: .inputOutput
    case .exists, .isInput, .foreignFolder, .cannotCreate, .writeProtected: .cannotCreate
    case .isBusy: .temporary
    }
  }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch reason {
    case .missing: "no such file or folder"
    case .notAFile: "this is not a regular file"
    case .unreadable(let code): "the input cannot be opened: \(systemMessage(code))"
    case .readFailed(let code, let offset):
      "reading at byte \(offset) failed: \(systemMessage(code))"
    case .shortRead(let offset): "the file ends at byte \(offset), inside a tensor"
    case .exists: "the output exists"
    case .isInput: "the output is also an input or another output"
    case .foreignFolder: "the output is a folder that is no model and not empty"
    case .cannotCreate(let code): "the output cannot be created: \(systemMessage(code))"
    case .noSpace(let byteCount): "the disk has no room for \(byteCount) bytes"
    case .writeFailed(let code): "writing failed: \(systemMessage(code))"
    case .writeProtected: "the file is write-protected"
    case .isBusy: "another process is changing the file"
    }
  }

  /// The path.
  package var place: String? { path }

  /// What to do next.
  package var advice: String {
    switch reason {
    case .missing: "check the path"
    case .notAFile: "give the path of a model file"
    case .unreadable: "check the permissions"
    case .readFailed: "check the disk, then run again"
    case .shortRead: "the file changed while it was read; run again when it is complete"
    case .exists: "choose another name or add --force"
    case .isInput: "write to another name, then move it over the input"
    case .foreignFolder: "choose another name; such a folder is not replaced even with --force"
    case .cannotCreate: "check the folder and its permissions"
    case .noSpace: "free some space or write to another disk"
    case .writeFailed: "check the disk, then run again"
    case .writeProtected: "allow writing to it, or write a new file with -o"
    case .isBusy: "wait until it is done, then run again"
    }
  }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code)).lowercased()
}
