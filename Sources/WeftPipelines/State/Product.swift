import WeftFiles
package import WeftTensors
import WeftTransform

/// What is known of one thing that a task makes or proves.
package struct Product: Sendable, Equatable {
  /// What it is: an output's path, or a word and what it is about, such as `verify phone out.gguf`.
  package var name: String
  /// The key of what decides it, beside the model's content.
  package var key: String
  /// How it ended.
  package var status: ExitStatus
  /// Why it failed, in one line; nil when it did not.
  package var message: String?
  /// The size of what was written, in bytes; nil for what is no file.
  package var byteCount: Int?
  /// When that was written, in nanoseconds since 1970, to be compared for equality; nil for what is no file.
  package var modified: Int?

  /// Names a product that is done.
  package init(name: String, key: String, status: ExitStatus = .success, message: String? = nil) {
    self.name = name
    self.key = key
    self.status = status
    self.message = message
  }

  /// Whether the file is there as it was written.
  package func isThere(at path: String) -> Bool {
    guard let byteCount else { return true }
    guard let state = OutputState(of: path) else { return false }
    return state.byteCount == byteCount && state.modified == modified
  }

  /// Takes the state of the file, if there is one.
  mutating func takeState(of path: String?) {
    guard let state = path.flatMap(OutputState.init) else { return }
    (byteCount, modified) = (state.byteCount, state.modified)
  }
}

/// The state of an output that was written, of all files together when it is a folder.
struct OutputState: Equatable {
  let byteCount: Int
  let modified: Int

  /// Looks at an output; nil when it is not there.
  init?(of path: String) {
    guard let files = try? SourceFiles.of(Self.found(path)) else { return nil }
    var (byteCount, modified) = (0, 0)
    for file in files {
      guard let stamp = FileStamp(path: file.path) else { return nil }
      byteCount += stamp.byteCount
      modified = modified &+ stamp.modified
    }
    (self.byteCount, self.modified) = (byteCount, modified)
  }

  /// What an output is read by: its path, or the index when the model was split over several files.
  static func found(_ path: String) -> String {
    guard !Paths.exists(path) else { return path }
    let ending = OutputContainer.safetensors.suffix
    let stem = path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
    return Paths.exists(stem + ShardIndex.suffix) ? stem + ShardIndex.suffix : path
  }
}

extension Product {
  var json: JSONValue {
    JSONValue.object([
      "name": .string(name), "key": .string(key), "status": .integer(Int(status.rawValue)),
      "message": message.map(JSONValue.string), "bytes": byteCount.map(JSONValue.integer),
      "modified": modified.map(JSONValue.integer),
    ])
  }

  init?(_ value: JSONValue) {
    guard let name = value["name"]?.text, let key = value["key"]?.text,
      let code = value["status"]?.integer, let status = ExitStatus(code: code)
    else { return nil }
    self.init(name: name, key: key, status: status, message: value["message"]?.text)
    byteCount = value["bytes"]?.integer
    modified = value["modified"]?.integer
  }
}

extension ExitStatus {
  init?(code: Int) {
    guard let code = Int32(exactly: code) else { return nil }
    self.init(rawValue: code)
  }
}
