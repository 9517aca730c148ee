package import WeftTensors

/// A zstd file that cannot be read at any offset, or that is damaged.
package struct ZstdError: ActionableError, Equatable {
  /// What is wrong, in the order in which a file is checked.
  package enum Problem: Sendable, Equatable {
    /// The file does not end in a seek table, so that only its whole could be unpacked.
    case notSeekable
    /// The seek table breaks a rule of its format.
    case invalidTable(String)
    /// The frames of the table do not fill the file.
    case wrongSum(byteCount: Int, expected: Int)
    /// A frame of the table is larger than any that is read.
    case frameTooLarge(frame: Int, byteCount: Int, limit: Int)
    /// A frame cannot be unpacked.
    case corruptFrame(frame: Int, offsetInFile: Int, reason: String)
    /// A frame does not unpack to the size that the table states; nil when its size is not known.
    case wrongFrameSize(frame: Int, offsetInFile: Int, byteCount: Int?, expected: Int)
    /// A frame unpacks to other bytes than those that the table was made for.
    case wrongChecksum(frame: Int, offsetInFile: Int)
    /// The library cannot compress, for want of memory.
    case cannotCompress(reason: String)
  }

  /// The file.
  package let path: String
  /// What is wrong.
  package let problem: Problem

  /// Malformed input, or a failure of the machine.
  package var status: ExitStatus {
    if case .cannotCompress = problem { .temporary } else { .badData }
  }

  /// What is wrong, with the numbers that matter.
  package var what: String {
    switch problem {
    case .notSeekable: "a zstd file without a seek table at its end cannot be read in parts"
    case .invalidTable(let reason): "invalid zstd seek table: \(reason)"
    case .wrongSum(let byteCount, let expected):
      "the frames of the zstd seek table have \(byteCount) bytes, but the file has \(expected)"
    case .frameTooLarge(let frame, let byteCount, let limit):
      "zstd frame \(frame) has \(byteCount) bytes, which is over the limit of \(limit)"
    case .corruptFrame(let frame, _, let reason):
      "zstd frame \(frame) is damaged: \(reason.lowercased())"
    case .wrongFrameSize(let frame, _, let byteCount, let expected):
      "zstd frame \(frame) holds \(byteCount.map { "\($0)" } ?? "other than its") bytes, but the "
        + "seek table says \(expected)"
    case .wrongChecksum(let frame, _):
      "zstd frame \(frame) does not have the checksum of the seek table"
    case .cannotCompress(let reason): "compression failed: \(reason.lowercased())"
    }
  }

  /// The file, and the byte where the frame starts.
  package var place: String? {
    switch problem {
    case .corruptFrame(_, let offset, _), .wrongFrameSize(_, let offset, _, _),
      .wrongChecksum(_, let offset):
      "\(path), byte \(offset)"
    default: path
    }
  }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .notSeekable: "unpack it with 'zstd -d', or make it with 'weft convert'"
    case .frameTooLarge: "compress it again in smaller frames with 'weft convert'"
    case .cannotCompress: "free some memory and run again"
    default: "the file is damaged; get it again from its source"
    }
  }
}

extension ZstdError.Problem: Error {}
