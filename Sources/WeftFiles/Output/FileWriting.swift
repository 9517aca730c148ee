#if canImport(Glibc)
  import Glibc
#endif

/// Writes memory to an open file until it is used up.
func writeAll(
  _ memory: UnsafeRawBufferPointer, to descriptor: Int32, at offsetInFile: Int, path: String
) throws(FileError) {
  var written = 0
  // In bounds: `written + count` never passes the memory's end.
  while written < memory.count, let base = memory.baseAddress {
    let count = pwrite(
      descriptor, base + written, memory.count - written, off_t(offsetInFile + written))
    if count > 0 {
      written += count
    } else if count == 0 || errno != EINTR {
      throw FileError(path: path, reason: .writeFailed(count == 0 ? EIO : errno))
    }
  }
}

/// Writes bytes to an open file.
func writeAll(
  _ bytes: [UInt8], to descriptor: Int32, at offsetInFile: Int, path: String
) throws(FileError) {
  var failure: FileError?
  // In bounds: the array's own memory.
  bytes.withUnsafeBytes { memory in
    do throws(FileError) {
      try writeAll(memory, to: descriptor, at: offsetInFile, path: path)
    } catch { failure = error }
  }
  if let failure { throw failure }
}
