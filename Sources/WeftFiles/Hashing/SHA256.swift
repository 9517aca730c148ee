import CCrypto
package import WeftTensors

/// A SHA-256 that is fed piece by piece.
package final class SHA256 {
  /// The size of a digest, in bytes.
  package static let byteCount = 32
  private let context: OpaquePointer?

  /// Starts an empty hash.
  package init() {
    context = EVP_MD_CTX_new()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  package func update(_ slice: ByteSlice) {
    // In bounds: the slice's own memory.
    withExtendedLifetime(slice) {
      _ = EVP_DigestUpdate(context, slice.memory.baseAddress, slice.byteCount)
    }
  }

  /// Adds bytes.
  package func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// Ends the hash and gives it in lower-case hexadecimal digits.
  package func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Self.byteCount)
    // In bounds: a SHA-256 fills exactly the array.
    digest.withUnsafeMutableBufferPointer {
      _ = EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    return HexText.of(digest)
  }

  /// The hash of bytes in memory.
  package static func digest(_ bytes: [UInt8]) -> String {
    let hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }
}

extension InputFile {
  /// The SHA-256 of the whole file, read in pieces of a megabyte.
  package func sha256() throws(FileError) -> String {
    let hash = SHA256()
    let buffer = ByteBuffer(byteCount: 1 << 20)
    var offset = 0
    while offset < byteCount {
      let slice = buffer[0..<min(buffer.byteCount, byteCount - offset)]
      try read(at: offset, into: slice)
      hash.update(slice)
      offset += slice.byteCount
    }
    return hash.finish()
  }
}
