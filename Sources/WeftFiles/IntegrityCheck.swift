/// Something read from a file whose bytes can be compared with a checksum that the file holds.
package protocol IntegrityCheck: Sendable {
  /// Throws when the bytes differ from their checksum; reads only what has not been read yet.
  func checkIntegrity() throws
}
