package import WeftTensors

/// A JSON file that cannot be read as such.
package struct JSONFileError: ActionableError {
  /// The file.
  package let path: String
  /// What is wrong, and at which byte when it is known.
  package let what: String
  let offset: Int?

  /// Malformed input.
  package var status: ExitStatus { .badData }
  /// The file and the byte.
  package var place: String? { offset.map { "\(path), byte \($0)" } ?? path }
  /// What to do next.
  package var advice: String { "repair the file or get it again from its source" }
}

extension JSONFileError {
  init(path: String, error: JSONError) {
    self.init(path: path, what: "invalid JSON: \(error.what)", offset: error.offset)
  }
}

/// Reads a small JSON file, refusing anything larger than the limit.
package func readJSON(_ path: String, maximumByteCount: Int = 16 << 20) throws -> JSONValue {
  let bytes = try smallFile(path, maximumByteCount: maximumByteCount)
  do throws(JSONError) {
    return try JSONValue(parsing: bytes)
  } catch {
    throw JSONFileError(path: path, error: error)
  }
}

/// The bytes of a file that is not larger than the limit.
func smallFile(_ path: String, maximumByteCount: Int) throws -> [UInt8] {
  let file = try InputFile.open(path)
  guard file.byteCount <= maximumByteCount else {
    let what = "\(file.byteCount) bytes is over the limit of \(maximumByteCount)"
    throw JSONFileError(path: path, what: what, offset: nil)
  }
  return try file.bytes(0..<file.byteCount)
}
