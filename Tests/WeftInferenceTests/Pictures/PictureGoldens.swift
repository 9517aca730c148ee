import Foundation
import WeftFiles
import WeftTensors

/// Pictures of `Tests/Fixtures/pictures.safetensors`, which `scripts/goldens/gen_pictures.py` makes.
struct PictureGoldens {
  let checkpoint: Checkpoint

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    checkpoint = try Checkpoint.open(folder.appending(path: "Fixtures/pictures.safetensors").path)
  }

  /// The names of the tensors that start so.
  func names(_ prefix: String) -> [String] {
    checkpoint.tensors.map(\.info.name).filter { $0.hasPrefix(prefix) }
  }

  /// A stored picture, `[H, W, C]`.
  func picture(_ name: String) throws -> Picture {
    let (bytes, shape) = try bytes(name)
    return Picture(width: shape[1], height: shape[0], channelCount: shape[2], values: bytes)
  }

  /// The values of a stored tensor of F32.
  func floats(_ name: String) throws -> [Float] {
    try bytes(name).bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// The value of a stored tensor of one F64.
  func double(_ name: String) throws -> Double {
    try bytes(name).bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
  }

  private func bytes(_ name: String) throws -> (bytes: [UInt8], shape: [Int]) {
    guard let stored = checkpoint[name] else { throw AbsentPicture(name: name) }
    let buffer = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: buffer.all)
    return (buffer.all.array, stored.info.shape.dimensions)
  }
}

struct AbsentPicture: Error {
  let name: String
}

/// Pixels that look like nothing, the same each time.
func madeUpPicture(width: Int, height: Int, channels: Int) -> Picture {
  let values = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + $0) }
  return Picture(width: width, height: height, channelCount: channels, values: values)
}
