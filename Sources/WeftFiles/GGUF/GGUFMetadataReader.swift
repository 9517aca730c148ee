/// Reads the key-value pairs of a header.
struct GGUFMetadataReader {
  private typealias Problem = GGUFError.Problem

  private var pairs = GGUFMetadata()
  private var alignment = GGUFHeader.usualAlignment
  /// How many bytes of keys and texts outside of arrays may follow.
  private var textLimit = GGUFHeader.maximumTextByteCount
  /// Where in the file the pairs must end.
  private let end: Int

  private init(start: Int) { end = start + GGUFHeader.maximumMetadataByteCount }

  /// The pairs, and what they say the tensors' offsets are multiples of.
  static func read(
    _ cursor: inout GGUFCursor, count: Int
  ) throws -> (pairs: GGUFMetadata, alignment: Int) {
    var reader = GGUFMetadataReader(start: cursor.offsetInFile)
    for _ in 0..<count { try reader.readPair(&cursor) }
    return (reader.pairs, reader.alignment)
  }

  private mutating func readPair(_ cursor: inout GGUFCursor) throws {
    let key = try cursor.text(of: "a key", limit: GGUFHeader.maximumKeyByteCount)
    guard !key.isEmpty else { throw Problem.emptyKey }
    guard pairs[key] == nil else { throw Problem.duplicateKey(key) }
    let value = try readValue(&cursor, of: key)
    textLimit -= key.utf8.count + (value.type == .string ? value.payload.count : 0)
    if key == GGUFMetadata.alignmentKey { alignment = try Self.alignment(value) }
    pairs.set(key, value)
    guard cursor.offsetInFile <= end, textLimit >= 0 else { throw Problem.metadataTooLarge }
  }

  /// The alignment that a value stands for, a power of two.
  static func alignment(_ value: GGUFValue) throws(GGUFError.Problem) -> Int {
    guard value.type == .uint32 else { throw .invalidAlignment("of type \(value.type)") }
    let alignment = value.integer ?? 0
    guard alignment > 0, alignment & (alignment - 1) == 0 else {
      throw .invalidAlignment(String(alignment))
    }
    return alignment
  }

  private func readValue(_ cursor: inout GGUFCursor, of key: String) throws -> GGUFValue {
    let type = try readType(&cursor, of: key)
    if type == .array { return try readArray(&cursor, of: key) }
    guard let width = type.byteWidth else {
      return .string(
        try cursor.text(of: "the text of \"\(key)\"", limit: GGUFHeader.maximumTextByteCount))
    }
    let bytes = Array(try cursor.bytes(width, of: "the value of \"\(key)\""))
    if type == .bool { try Self.checkBools(bytes[...], of: key) }
    return GGUFValue(type, payload: bytes)
  }

  private func readType(_ cursor: inout GGUFCursor, of key: String) throws -> GGUFValueType {
    let type = try cursor.integer(UInt32.self, of: "the type of \"\(key)\"")
    guard let known = GGUFValueType(rawValue: type) else {
      throw Problem.unknownValueType(key: key, type: type)
    }
    return known
  }

  private static func checkBools(_ bytes: ArraySlice<UInt8>, of key: String) throws {
    if let wrong = bytes.first(where: { $0 > 1 }) {
      throw Problem.invalidBool(key: key, value: wrong)
    }
  }
}

// Arrays.
extension GGUFMetadataReader {
  private func readArray(_ cursor: inout GGUFCursor, of key: String) throws -> GGUFValue {
    let type = try readType(&cursor, of: key)
    guard type != .array else { throw Problem.nestedArray(key: key) }
    let count = try cursor.integer(UInt64.self, of: "the array of \"\(key)\"")
    guard count <= GGUFHeader.maximumElementCount else {
      throw Problem.tooManyElements(
        key: key, count: count, limit: GGUFHeader.maximumElementCount)
    }
    // Each text has a length of eight bytes at least.
    guard Int(count) * (type.byteWidth ?? 8) <= cursor.remainingByteCount else {
      throw Problem.headerCutShort(part: "the array of \"\(key)\"")
    }
    let payload = try type.byteWidth.map {
      Array(try cursor.bytes(Int(count) * $0, of: "the array of \"\(key)\""))
    }
    if type == .bool { try Self.checkBools(payload?[...] ?? [], of: key) }
    return GGUFValue(
      arrayOf: type, count: Int(count),
      payload: try payload ?? readTexts(&cursor, count: Int(count), of: key))
  }

  /// The bytes of texts, each with its length, which are checked but not taken apart.
  private func readTexts(
    _ cursor: inout GGUFCursor, count: Int, of key: String
  ) throws -> [UInt8] {
    var payload: [UInt8] = []
    for _ in 0..<count {
      let lengthBytes = try cursor.bytes(8, of: "a text of \"\(key)\"")
      payload += lengthBytes
      let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let bytes = try cursor.bytes(
        try cursor.checked(
          length, of: "a text of \"\(key)\"", limit: GGUFHeader.maximumTextByteCount),
        of: "a text of \"\(key)\"")
      guard GGUFCursor.isText(bytes) else {
        throw Problem.invalidText(part: "a text of \"\(key)\"")
      }
      payload += bytes
      guard cursor.offsetInFile <= end else { throw Problem.metadataTooLarge }
    }
    return payload
  }
}
