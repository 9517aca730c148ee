import Foundation
import WeftFormats
import WeftInference
import WeftKernels
import WeftTensors

/// The tokenizer, which is made once for all tests.
let clip: Result<CLIPTokenizer, any Error> = Result {
  try CLIPTokenizer(try FormatLibrary.embedded())
}

/// A place for temporary files that goes with its last reference.
final class PromptFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "weft \(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ bytes: [UInt8] = [], to name: String) throws -> String {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// Writes a safetensors file of float32 tensors.
  func write(_ tensors: [(name: String, shape: [Int], values: [Float])], to name: String) throws
    -> String
  {
    var (members, data): ([JSONValue.Member], [UInt8]) = ([], [])
    for (name, shape, values) in tensors {
      let start = data.count
      values.withUnsafeBytes { data += $0 }
      members.append(
        .init(
          name,
          .object([
            "dtype": .string("F32"), "shape": .array(shape.map(JSONValue.integer)),
            "data_offsets": .array([.integer(start), .integer(data.count)]),
          ])))
    }
    let header = Array(JSONValue.object(members).compactText.utf8)
    let size = withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) }
    return try write(size + header + data, to: name)
  }
}
