import WeftTensors

/// Reads a header from front to back through a window that moves over the file.
struct GGUFCursor {
  /// How much is read at once; a longer text makes the window as large as itself, in bytes.
  private static let windowByteCount = 256 << 10

  private let source: any ByteSource
  private var window: [UInt8] = []
  /// Where in the window the next byte is.
  private var position = 0
  /// Where in the file the window starts.
  private var windowOffset = 0
  private let hash = SHA256()

  init(_ source: any ByteSource) { self.source = source }

  /// Where in the file the next byte is.
  var offsetInFile: Int { windowOffset + position }

  /// The number of bytes from there to the end of the file.
  var remainingByteCount: Int { source.byteCount - offsetInFile }

  /// The next bytes; `part` says what they belong to when the file ends before.
  mutating func bytes(_ count: Int, of part: @autoclosure () -> String) throws -> ArraySlice<UInt8>
  {
    guard count <= remainingByteCount else {
      throw GGUFError.Problem.headerCutShort(part: part())
    }
    if count > window.count - position { try moveWindow(for: count) }
    defer { position += count }
    return window[position..<position + count]
  }

  /// The next unsigned number, least significant byte first.
  mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type = Integer.self, of part: @autoclosure () -> String
  ) throws -> Integer {
    let bytes = try bytes(Integer.bitWidth / 8, of: part())
    return bytes.reversed().reduce(0) { $0 << 8 | Integer($1) }
  }

  /// The next text's bytes, whose length comes first; they are UTF-8 without NULs.
  mutating func text(of part: @autoclosure () -> String, limit: Int) throws -> String {
    let length = try integer(UInt64.self, of: part())
    let bytes = try bytes(checked(length, of: part(), limit: limit), of: part())
    guard let text = Self.text(bytes) else {
      throw GGUFError.Problem.invalidText(part: part())
    }
    return text
  }

  /// A length as a number of bytes that may be asked for.
  func checked(
    _ length: UInt64, of part: @autoclosure () -> String, limit: Int
  ) throws -> Int {
    guard let count = Int(exactly: length), count <= min(limit, remainingByteCount) else {
      // What is too long for any file is no accident of the download.
      throw length > UInt64(limit)
        ? GGUFError.Problem.tooLong(part: part(), byteCount: length, limit: limit)
        : GGUFError.Problem.headerCutShort(part: part())
    }
    return count
  }

  /// The text of bytes, or nil when they are no UTF-8 or have a NUL among them.
  static func text(_ bytes: ArraySlice<UInt8>) -> String? {
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Whether bytes are UTF-8 without NULs.
  static func isText(_ bytes: ArraySlice<UInt8>) -> Bool { text(bytes) != nil }

  /// The SHA-256 of everything up to here; to be called once.
  mutating func fingerprint() -> String {
    hash.update(Array(window[..<position]))
    return hash.finish()
  }

  private mutating func moveWindow(for count: Int) throws {
    hash.update(Array(window[..<position]))
    windowOffset += position
    window.removeSubrange(..<position)
    position = 0
    let wanted = min(max(count, Self.windowByteCount), source.byteCount - windowOffset)
    let start = windowOffset + window.count
    window += try source.bytes(start..<windowOffset + wanted)
  }
}
