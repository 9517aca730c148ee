package import WeftTensors

/// What a zstd file with a seek table unpacks to, readable at any offset from any thread.
package struct SeekableZstd: ByteSource {
  private let source: FramedSource<ZstdFrameUnpacker>

  /// Reads and checks the seek table of an open file.
  ///
  /// - Throws: `ZstdError` when the file has none or the table is wrong.
  package init(_ file: InputFile) throws {
    source = FramedSource(file, frames: try SeekTable.read(file))
  }

  /// The file's path.
  package var path: String { source.path }
  /// The size of what the file unpacks to, in bytes.
  package var byteCount: Int { source.byteCount }

  /// Fills a slice with unpacked bytes at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    try source.read(at: offset, into: slice)
  }
}

/// Unpacks the frames of a zstd file.
private struct ZstdFrameUnpacker: FrameUnpacker {
  private let decompressor = ZstdDecompressor()

  func unpack(_ frame: Frame, number: Int, of file: InputFile, into target: ByteSlice) throws {
    do {
      try decompressor.unpack(frame, of: file, into: target)
    } catch let failure as ZstdDecompressor.Failure {
      throw ZstdError(path: file.path, problem: problem(failure, of: frame, number: number))
    }
  }

  private func problem(
    _ failure: ZstdDecompressor.Failure, of frame: Frame, number: Int
  ) -> ZstdError.Problem {
    let offset = frame.offsetInFile
    switch failure {
    case .corrupt(let reason):
      return .corruptFrame(frame: number, offsetInFile: offset, reason: reason)
    case .wrongSize(let byteCount):
      return .wrongFrameSize(
        frame: number, offsetInFile: offset, byteCount: byteCount, expected: frame.byteCount)
    case .wrongChecksum: return .wrongChecksum(frame: number, offsetInFile: offset)
    }
  }
}
