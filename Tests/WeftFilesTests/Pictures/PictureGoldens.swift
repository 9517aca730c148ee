import Foundation
import WeftFiles
import WeftTensors

/// Pictures of `Tests/Fixtures/pictures.safetensors`, which `scripts/goldens/gen_pictures.py` makes.
struct PictureGoldens {
  /// The names of the files that have pixels beside them.
  static let fileNames: [String] =
    (try? PictureGoldens())?.checkpoint.tensors.map(\.info.name).filter { $0.hasSuffix(".values") }
    .map { String($0.dropLast(7)) }.filter { $0.hasPrefix("png") || $0.hasPrefix("jpeg") } ?? []

  private let checkpoint: Checkpoint

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    checkpoint = try Checkpoint.open(folder.appending(path: "Fixtures/pictures.safetensors").path)
  }

  /// The bytes of a stored tensor, and its shape.
  func tensor(_ name: String) throws -> (bytes: [UInt8], shape: [Int]) {
    guard let stored = checkpoint[name] else { throw AbsentGolden(name: name) }
    let buffer = ByteBuffer(byteCount: stored.info.byteCount)
    try stored.read(at: 0, into: buffer.all)
    return (buffer.all.array, stored.info.shape.dimensions)
  }

  /// The bytes of a stored file.
  func file(_ name: String) throws -> [UInt8] { try tensor(name + ".file").bytes }

  /// A stored picture, `[H, W, C]`.
  func picture(_ name: String) throws -> Picture {
    let (bytes, shape) = try tensor(name)
    return Picture(width: shape[1], height: shape[0], channelCount: shape[2], values: bytes)
  }
}

struct AbsentGolden: Error {
  let name: String
}

/// Pixels that look like nothing, the same each time.
func madeUpPicture(width: Int, height: Int, channels: Int) -> Picture {
  let values = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + $0) }
  return Picture(width: width, height: height, channelCount: channels, values: values)
}
