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

/// Reads a small JSON file, refusing anything larger than the limit.
package func readJSON(_ path: String, maximumByteCount: Int = 16 << 20) throws -> JSONValue {
  let file = try InputFile.open(path)
  guard file.byteCount <= maximumByteCount else {
    throw JSONFileError(
      path: path, what: "\(file.byteCount) bytes is over the limit of \(maximumByteCount)",
      offset: nil)
  }
  do {
    return try JSONValue(parsing: try file.bytes(0..<file.byteCount))
  } catch let error as JSONError {
    throw JSONFileError(path: path, what: "invalid JSON: \(error.what)", offset: error.offset)
  }
}
