/// The start of a numpy array file.
///
/// Source: https://github.com/numpy/numpy/blob/v2.3.0/numpy/lib/format.py
struct NumpyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let maximumByteCount = 1 << 16

  /// Where the data starts.
  let byteCount: Int
  /// Whether the elements are Python objects, which are pickled.
  let hasObjects: Bool

  /// Reads the start of a file; nil when it is malformed.
  init?(_ source: any ByteSource) throws {
    let start = try source.bytes(0..<min(12, source.byteCount))
    guard start.count == 12 else { return nil }
    let lengthByteCount = start[6] == 1 ? 2 : 4
    guard let length = start.field(at: 8, byteCount: lengthByteCount),
      length <= Self.maximumByteCount, 8 + lengthByteCount + length <= source.byteCount
    else { return nil }
    let textStart = 8 + lengthByteCount
    let text = try source.bytes(textStart..<textStart + length)
    byteCount = textStart + length
    // Any 'O' of a type's code comes within the header; a field's name with one costs only a second look.
    hasObjects = text.contains(UInt8(ascii: "O"))
  }
}
