import Foundation
import Testing
import WeftFiles
import WeftTensors

/// The files that `scripts/goldens/gen_torch.py` made, and what torch read from them.
enum TorchFixtures {
  /// What torch says of a tensor.
  struct Tensor: Decodable, Equatable {
    let dtype: String
    let shape: [Int]
    let sha256: String
  }

  typealias File = [String: Tensor]

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/torch")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// The expected tensors by file.
  static func expected(_ name: String = "expected.json") throws -> [String: File] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    return try JSONDecoder().decode([String: File].self, from: data)
  }

  /// The tensors of a checkpoint, read in pieces of a size.
  static func tensors(of checkpoint: Checkpoint, pieceByteCount: Int = 1 << 19) throws -> File {
    var file: File = [:]
    for tensor in checkpoint.tensors {
      let hash = SHA256()
      let buffer = ByteBuffer(byteCount: pieceByteCount)
      for start in stride(from: 0, to: tensor.info.byteCount, by: pieceByteCount) {
        let count = min(pieceByteCount, tensor.info.byteCount - start)
        try tensor.read(at: start, into: buffer[0..<count])
        hash.update(buffer[0..<count])
      }
      file[tensor.info.name] = Tensor(
        dtype: tensor.info.dtype.rawValue, shape: tensor.info.shape.dimensions,
        sha256: hash.finish())
    }
    return file
  }
}
