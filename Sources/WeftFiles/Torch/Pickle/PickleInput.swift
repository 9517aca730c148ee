/// The bytes of a pickle, taken one after the other; they are read from the source as far as they are needed.
struct PickleInput {
  private static let pieceByteCount = 64 << 10

  /// Where the pickle starts in the source.
  let start: Int
  /// What was read so far, from the start of the pickle.
  private(set) var bytes: [UInt8] = []
  /// How many bytes were taken.
  private(set) var offset = 0
  private let source: any ByteSource

  init(_ source: any ByteSource, start: Int) {
    self.source = source
    self.start = start
  }

  /// Takes a byte.
  mutating func byte() throws -> UInt8 {
    if offset == bytes.count { try load(1) }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Takes bytes and gives where they are.
  mutating func take(_ count: Int) throws -> Range<Int> {
    if count > bytes.count - offset { try load(count) }
    defer { offset += count }
    return offset..<offset + count
  }

  /// Takes a little-endian number of up to 8 bytes; one beyond `Int` is longer than any file.
  mutating func number(_ count: Int) throws -> Int {
    let range = try take(count)
    var value: UInt64 = 0
    for index in range.reversed() { value = value << 8 | UInt64(bytes[index]) }
    return Int(clamping: value)
  }

  /// Takes a line, and gives where it is without its end.
  mutating func line() throws -> Range<Int> {
    let first = offset
    var cursor = offset
    while true {
      if cursor == bytes.count { try load(cursor - offset + 1) }
      if bytes[cursor] == 0x0A { break }
      cursor += 1
    }
    offset = cursor + 1
    return first..<cursor
  }

  /// Reads more of the source, so that a number of bytes can be taken.
  private mutating func load(_ count: Int) throws {
    let left = source.byteCount - start - bytes.count
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end - bytes.count <= left else { throw PickleError.Problem.truncated }
    guard end <= PickleLimits.byteCount else {
      throw PickleError.Problem.overLimit("\(PickleLimits.byteCount) bytes")
    }
    // Doubling keeps the work of a long pickle linear.
    let piece = max(end - bytes.count, Self.pieceByteCount, bytes.count)
    let from = start + bytes.count
    let more = try source.bytes(from..<from + min(piece, left))
    if bytes.isEmpty { bytes = more } else { bytes += more }
  }
}
