import Foundation
import WeftFiles
import WeftTensors

/// A folder for one test, removed with everything in it when the test is over.
final class Scratch {
  let path: String

  init(in parent: String = NSTemporaryDirectory()) throws {
    path = Paths.join(parent, "weft-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a name in the folder.
  subscript(name: String) -> String { Paths.join(path, name) }

  /// The names in the folder, hidden ones too.
  var names: [String] { Paths.names(in: path) }

  /// Writes a file, and the folders above it, and gives its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let target = self[name]
    try FileManager.default.createDirectory(
      atPath: Paths.directory(of: target), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: target))
    return target
  }

  /// Writes a text, and gives the path of the file.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self[name])))
  }
}

/// A safetensors file of a header, which may be wrong, and data.
func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
  safetensors(header: Array(header.utf8), data: data)
}

/// A safetensors file of the bytes of a header and data.
func safetensors(header: [UInt8], data: [UInt8]) -> [UInt8] {
  littleEndian(UInt64(header.count)) + header + data
}

/// The bytes of a length as safetensors files start with.
func littleEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// A valid file with one `U8` tensor of a byte for each name.
func safetensors(names: [String]) throws -> [UInt8] {
  let tensors = names.compactMap { TensorInfo(name: $0, dtype: .u8, shape: [1]) }
  let layout = try SafetensorsLayout(tensors: tensors, metadata: [:], path: "")
  return layout.headerBytes + (0..<UInt8(names.count))
}

/// The error of a body that throws one for people.
func actionableError(_ body: () throws -> some Any) -> (any ActionableError)? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? any ActionableError
  }
}
