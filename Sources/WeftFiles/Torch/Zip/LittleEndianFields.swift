extension [UInt8] {
  /// The unsigned number of up to 7 bytes at an offset, or nil when it is not within the array.
  func field(at offset: Int, byteCount: Int) -> Int? {
    guard offset >= 0, byteCount <= count, offset <= count - byteCount, byteCount < 8 else {
      return nil
    }
    return (0..<byteCount).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
  }

  /// The number of 8 bytes at an offset, or nil when it is not within the array or no `Int`.
  func wideField(at offset: Int) -> Int? {
    guard let low = field(at: offset, byteCount: 4), let high = field(at: offset + 4, byteCount: 4)
    else { return nil }
    return high >> 31 == 0 ? low | high << 32 : nil
  }
}
