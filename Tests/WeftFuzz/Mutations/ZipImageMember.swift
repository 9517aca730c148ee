import CZlib

/// A member of an archive that is taken apart.
struct ZipImageMember {
  var name: [UInt8]
  var flags: UInt64
  /// The data as it is in the file.
  var data: [UInt8]
  private var method: UInt64
  private var checksum: UInt64
  private var byteCount: UInt64

  /// Takes the member of a record of the directory, or gives nil when it leads out of the file.
  init?(_ bytes: [UInt8], record: Int) {
    func field(_ offset: Int, _ width: Int) -> Int {
      Numbers.littleEndian(bytes, at: record + offset, width: width)
    }
    let (nameCount, header) = (field(28, 2), field(42, 4))
    let start =
      header + 30 + Numbers.littleEndian(bytes, at: header + 26, width: 2)
      + Numbers.littleEndian(bytes, at: header + 28, width: 2)
    let count = field(20, 4)
    guard record + 46 + nameCount <= bytes.count, start + count <= bytes.count else { return nil }
    name = Array(bytes[record + 46..<record + 46 + nameCount])
    (flags, method) = (UInt64(field(8, 2)), UInt64(field(10, 2)))
    (checksum, byteCount) = (UInt64(field(16, 4)), UInt64(field(24, 4)))
    data = Array(bytes[start..<start + count])
  }

  /// Changes the content, when it is not compressed, and all that is said of it.
  mutating func change(_ body: (inout [UInt8]) -> Void) {
    body(&data)
    guard method == 0 else { return }
    byteCount = UInt64(data.count)
    checksum = UInt64(crc32(0, data, UInt32(data.count)))
  }

  /// Compresses the content when it is not.
  mutating func deflate() {
    guard method == 0 else { return }
    var count = compressBound(UInt(data.count))
    var packed = [UInt8](repeating: 0, count: Int(count))
    guard compress(&packed, &count, data, UInt(data.count)) == Z_OK, count >= 6 else { return }
    // Without the frame that zlib puts around: two bytes before, four after.
    data = Array(packed[2..<Int(count) - 4])
    method = 8
  }

  /// The member's own header.
  var header: [UInt8] {
    var bytes: [UInt8] = [0x50, 0x4B, 3, 4, 45, 0]
    bytes += description
    append([UInt64(data.count), byteCount], width: 4, to: &bytes)
    append([UInt64(name.count), 0], width: 2, to: &bytes)
    return bytes + name
  }

  /// Flags, method, time and checksum, which both headers have.
  private var description: [UInt8] {
    var bytes: [UInt8] = []
    append([flags, method, 0, 0], width: 2, to: &bytes)
    append([checksum], width: 4, to: &bytes)
    return bytes
  }

  /// The member's record in the directory.
  func record(offset: Int, isWide: Bool) -> [UInt8] {
    let sizes = [byteCount, UInt64(data.count), UInt64(offset)]
    var extra: [UInt8] = isWide ? [1, 0, 24, 0] : []
    if isWide { append(sizes, width: 8, to: &extra) }
    let short: [UInt64] = isWide ? [.max, .max, .max] : sizes
    var bytes: [UInt8] = [0x50, 0x4B, 1, 2, 45, 0, 45, 0]
    bytes += description
    append([short[1], short[0]], width: 4, to: &bytes)
    append([UInt64(name.count), UInt64(extra.count), 0, 0, 0, 0, 0], width: 2, to: &bytes)
    append([short[2]], width: 4, to: &bytes)
    return bytes + name + extra
  }

  private func append(_ values: [UInt64], width: Int, to bytes: inout [UInt8]) {
    for value in values { bytes += Numbers.littleEndian(value, width: width) }
  }
}
