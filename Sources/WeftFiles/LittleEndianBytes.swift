/// Bytes that grow by integers of a given width, least significant byte first.
struct LittleEndianBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ value: Int, width: Int) {
    for shift in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }

  mutating func append(_ values: [Int], width: Int) {
    for value in values { append(value, width: width) }
  }

  mutating func append(floats values: [Float]) {
    for value in values { append(Int(value.bitPattern), width: 4) }
  }

  mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

  /// Adds zeros up to a size that is not passed yet.
  mutating func pad(to byteCount: Int) {
    bytes += [UInt8](repeating: 0, count: byteCount - bytes.count)
  }
}
