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

/// Reads a small file that Python wrote: its `Infinity`, `-Infinity` and `NaN`, which JSON has not, read as null.
package func readPythonJSON(
  _ path: String, maximumByteCount: Int = 16 << 20
) throws -> JSONValue {
  let bytes = withoutPythonNumbers(try smallFile(path, maximumByteCount: maximumByteCount))
  do throws(JSONError) {
    return try JSONValue(parsing: bytes)
  } catch {
    throw JSONFileError(path: path, error: error)
  }
}

private func withoutPythonNumbers(_ bytes: [UInt8]) -> [UInt8] {
  let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
  var (result, isText, rest) = ([UInt8](), false, bytes[...])
  while let byte = rest.first {
    if !isText, let word = words.first(where: { rest.starts(with: $0) }) {
      result += Array("null".utf8)
      rest = rest.dropFirst(word.count)
      continue
    }
    if byte == UInt8(ascii: "\"") { isText.toggle() }
    let length = isText && byte == UInt8(ascii: "\\") ? 2 : 1
    result += rest.prefix(length)
    rest = rest.dropFirst(length)
  }
  return result
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
