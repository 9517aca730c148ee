package import WeftTensors

/// A file of the container `.safetensors.wz` that is damaged or of another version.
package struct WzError: ActionableError, Equatable {
  /// What is wrong with the file, in the order in which it is checked.
  package enum Problem: Sendable, Equatable {
    /// The file has no room for its first and last bytes.
    case tooShort(byteCount: Int)
    /// The file is of a version that is not known, or of none.
    case unknownVersion(UInt32)
    /// The file does not end as one of the container does, so that it is not all there.
    case noEnd
    /// There are more chunks than any model has.
    case tooManyChunks(Int)
    /// The index breaks a rule of the container.
    case invalidIndex(String)
    /// A chunk is empty or larger than any that is read.
    case invalidChunkSize(chunk: Int, byteCount: Int)
    /// A chunk is larger in the file than it can be.
    case packedTooLarge(chunk: Int, byteCount: Int, unpackedByteCount: Int)
    /// The chunks of the index do not fill the file.
    case wrongSum(byteCount: Int, expected: Int)
    /// The chunks unpack to another size than the file says.
    case wrongTotal(byteCount: Int, expected: UInt64)
    /// A chunk is damaged; the numbers of chunks count from the header's.
    case damagedChunk(chunk: Int, offsetInFile: Int, Damage)
  }

  /// What is wrong with a chunk.
  package enum Damage: Error, Equatable {
    /// The first byte is that of no form.
    case unknownForm(UInt8)
    /// A plane is packed in a way that is not known.
    case unknownMethod(plane: Int)
    /// The planes are not as long together as the chunk.
    case wrongSum(byteCount: Int, expected: Int)
    /// A plane cannot be unpacked.
    case corruptPlane(plane: Int, reason: String)
    /// A plane does not have the size that it must have; nil when its size is not known.
    case wrongPlaneSize(plane: Int, byteCount: Int?, expected: Int)
    /// The chunk unpacks to other bytes than those that were packed.
    case wrongChecksum
  }

  /// The file.
  package let path: String
  /// What is wrong.
  package let problem: Problem

  /// Malformed input.
  package var status: ExitStatus { .badData }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch problem {
    case .tooShort(let byteCount): "\(byteCount) bytes are too few for a .safetensors.wz file"
    case .unknownVersion(let version):
      "this .safetensors.wz file is of version \(version), not \(Wz.version)"
    case .noEnd: "the .safetensors.wz file does not end with its index"
    case .tooManyChunks(let count):
      "\(count) chunks are over the limit of \(Wz.maximumChunkCount)"
    case .invalidIndex(let reason): "invalid index of chunks: \(reason)"
    case .invalidChunkSize(let chunk, let byteCount):
      "chunk \(chunk) has \(byteCount) bytes; 1 to \(Wz.maximumChunkByteCount) are allowed"
    case .packedTooLarge(let chunk, let byteCount, let unpackedByteCount):
      "chunk \(chunk) takes \(byteCount) bytes for \(unpackedByteCount), more than it can"
    case .wrongSum(let byteCount, let expected):
      "the chunks of the index have \(byteCount) bytes, but the file has \(expected)"
    case .wrongTotal(let byteCount, let expected):
      "the chunks unpack to \(byteCount) bytes, but the file says \(expected)"
    case .damagedChunk(let chunk, _, let damage): "chunk \(chunk) is damaged: \(damage.what)"
    }
  }

  /// The file, and the byte where the chunk starts.
  package var place: String? {
    if case .damagedChunk(_, let offset, _) = problem { return "\(path), byte \(offset)" }
    return path
  }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .unknownVersion: "use the version of weft that wrote it"
    default: "the file is damaged; get it again from its source"
    }
  }
}

extension WzError.Problem: Error {}

extension WzError.Damage {
  /// What is wrong, with the numbers that matter.
  fileprivate var what: String {
    switch self {
    case .unknownForm(let code): "no elements have the form \(code)"
    case .unknownMethod(let plane): "plane \(plane) is packed in a way that is not known"
    case .wrongSum(let byteCount, let expected):
      "its planes need \(byteCount) bytes, but it has \(expected)"
    case .corruptPlane(let plane, let reason): "plane \(plane): \(reason.lowercased())"
    case .wrongPlaneSize(let plane, let byteCount, let expected):
      "plane \(plane) has \(byteCount.map { "\($0)" } ?? "other than its") bytes, not \(expected)"
    case .wrongChecksum: "it does not have the checksum of the index"
    }
  }
}
