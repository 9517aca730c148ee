import Foundation
package import WeftFiles
package import WeftKernels
import WeftTensors

/// Inputs and outputs of diffusers and transformers, `Tests/Fixtures/FOLDER/NAME.safetensors`.
package struct Golden {
  /// The file.
  package let checkpoint: Checkpoint

  /// Opens the file of a name in a folder of the fixtures.
  package init(_ name: String, in folder: String = "networks") throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    checkpoint = try Checkpoint.open(
      tests.appending(path: "Fixtures/\(folder)/\(name).safetensors").path)
  }

  /// A stored tensor as float32.
  package func tensor(_ name: String) throws -> Tensor {
    guard let stored = checkpoint[name] else { throw Absent(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    if stored.info.dtype.kind != .float {
      return Tensor(stored.info.shape, try integers(name).map(Float.init))
    }
    let values = ByteBuffer(byteCount: stored.info.elementCount * 4)
    var tally = Tally()
    Kernels.best.convert(bytes.all, stored.info.dtype, into: values.all, .f32, tally: &tally)
    return Tensor(shape: stored.info.shape, buffer: values)
  }

  /// A stored tensor of I32 or I64.
  package func integers(_ name: String) throws -> [Int] {
    guard let stored = checkpoint[name] else { throw Absent(name: name) }
    let bytes = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: bytes.all)
    return bytes.all.array.withUnsafeBytes { raw in
      stored.info.dtype == .i64
        ? raw.bindMemory(to: Int64.self).map(Int.init)
        : raw.bindMemory(to: Int32.self).map(Int.init)
    }
  }

  /// A tensor, architecture or number that a golden or the formats do not have.
  package struct Absent: Error {
    let name: String

    /// Names what is not there.
    package init(name: String) { self.name = name }
  }
}
