import WeftTensors

/// Reads the packed bytes of frames into memory that is used again; the frames that follow small ones come with them.
struct PackedReader {
  private static let readAheadByteCount = 1 << 16

  /// What was read of the file last, and where it is in the file.
  private var packed = ByteBuffer(byteCount: 0)
  private var packedRange = 0..<0

  /// The packed bytes of a frame, until the next call.
  mutating func bytes(of frame: Frame, in file: InputFile) throws -> ByteSlice {
    let end = frame.offsetInFile + frame.compressedByteCount
    if frame.offsetInFile < packedRange.lowerBound || end > packedRange.upperBound {
      let readEnd = max(end, min(frame.offsetInFile + Self.readAheadByteCount, file.byteCount))
      packedRange = 0..<0
      let count = readEnd - frame.offsetInFile
      if packed.byteCount < count { packed = ByteBuffer(byteCount: count, isZeroed: false) }
      try file.read(at: frame.offsetInFile, into: packed.all.prefix(count))
      packedRange = frame.offsetInFile..<readEnd
    }
    let start = frame.offsetInFile - packedRange.lowerBound
    return packed[start..<start + frame.compressedByteCount]
  }
}
