import WeftTensors

/// Reads the JSON of a safetensors header, more strictly than the reference does.
///
/// Refused beyond the reference: names and keys that occur twice, also those that differ in bytes and are the same
/// Unicode text, entries written as arrays, and what is over the limits of `SafetensorsHeader`.
struct SafetensorsParser {
  /// A tensor as the header spells it; the offsets count from the start of the data.
  struct RawEntry {
    let name: String
    let dtype: DType
    let shape: Shape
    let begin: Int
    let end: Int
  }

  /// All that a header says.
  struct Content {
    var entries: [RawEntry] = []
    var metadata: [String: String] = [:]
  }

  private var content = Content()
  private var names: Set<String> = []
  private var hasMetadata = false
  private var unknownByteCount = 0
  private var scanner: JSONScanner

  init(_ json: [UInt8]) {
    scanner = JSONScanner(json)
    // Growing hashes every name again; no entry is shorter than this.
    names.reserveCapacity(min(json.count / 48, SafetensorsHeader.maximumTensorCount))
  }

  mutating func parse() throws -> Content {
    try scanner.expect(0x7B)
    var isFirst = true
    while let key = try scanner.nextKey(isFirst: &isFirst) {
      if key == "__metadata__" {
        try parseMetadata()
      } else {
        try parseEntry(key)
      }
    }
    try scanner.expectEnd()
    return content
  }

  private mutating func parseMetadata() throws(JSONError) {
    guard !hasMetadata else { throw scanner.failure("the key \"__metadata__\" occurs twice") }
    hasMetadata = true
    if scanner.peek() == 0x6E { return try scanner.literal("null") }
    let start = scanner.offset
    try scanner.expect(0x7B)
    var isFirst = true
    while let key = try scanner.nextKey(isFirst: &isFirst) {
      try check(key)
      guard content.metadata.count < SafetensorsHeader.maximumTensorCount else {
        throw scanner.failure("the metadata has too many keys")
      }
      let value = try scanner.string()
      guard scanner.offset - start <= SafetensorsHeader.maximumMetadataByteCount else {
        throw scanner.failure(
          "the metadata is over the limit of \(SafetensorsHeader.maximumMetadataByteCount) bytes",
          at: start)
      }
      guard content.metadata.updateValue(value, forKey: key) == nil else {
        throw scanner.failure("the metadata key \"\(key)\" occurs twice")
      }
    }
  }

  private mutating func parseEntry(_ name: String) throws {
    guard content.entries.count < SafetensorsHeader.maximumTensorCount else {
      throw SafetensorsError.Problem.tooManyTensors
    }
    try check(name)
    guard names.insert(name).inserted else {
      throw scanner.failure("the tensor \"\(name)\" occurs twice")
    }
    var fields = Fields()
    try scanner.expect(0x7B)
    var isFirst = true
    while let field = try scanner.nextKey(isFirst: &isFirst) {
      guard !fields.contains(field) else {
        throw scanner.failure("the field \"\(field)\" of \"\(name)\" occurs twice")
      }
      try parseField(field, into: &fields)
    }
    guard let dtype = fields.dtype, let shape = fields.shape, let range = fields.range else {
      throw scanner.failure("\"\(name)\" lacks dtype, shape or data_offsets")
    }
    content.entries.append(
      RawEntry(name: name, dtype: dtype, shape: shape, begin: range.begin, end: range.end))
  }

  private struct Fields {
    var dtype: DType?
    var shape: Shape?
    var range: (begin: Int, end: Int)?

    /// Whether a field of the format was given; the fields that it does not know may occur at will.
    func contains(_ field: String) -> Bool {
      switch field {
      case "dtype": dtype != nil
      case "shape": shape != nil
      case "data_offsets": range != nil
      default: false
      }
    }
  }

  /// Names are hashed as Unicode text, whose cost a hostile name could drive up.
  private func check(_ name: String) throws(JSONError) {
    guard name.utf8.count <= SafetensorsHeader.maximumNameByteCount else {
      throw scanner.failure("a name has \(name.utf8.count) bytes, which is over the limit")
    }
  }

  /// Takes the value of a field; fields that the format does not know are read and left alone, as the reference does.
  private mutating func parseField(_ field: String, into fields: inout Fields) throws(JSONError) {
    switch field {
    case "dtype":
      let start = scanner.offset
      let code = try scanner.string()
      guard let dtype = DType(code: code) else {
        throw scanner.failure("unknown dtype \"\(code)\"", at: start)
      }
      fields.dtype = dtype
    case "shape": fields.shape = Shape(try integers())
    case "data_offsets":
      let start = scanner.offset
      let offsets = try integers()
      guard offsets.count == 2 else {
        throw scanner.failure("data_offsets has \(offsets.count) numbers, not 2", at: start)
      }
      fields.range = (offsets[0], offsets[1])
    default: try skipUnknown(field)
    }
  }

  /// Passes over what the format does not know; a header of little else is refused before it costs much time.
  private mutating func skipUnknown(_ field: String) throws(JSONError) {
    let start = scanner.offset
    try scanner.skipValue(limit: SafetensorsHeader.maximumUnknownByteCount)
    unknownByteCount += scanner.offset - start + field.utf8.count
    guard unknownByteCount <= SafetensorsHeader.maximumUnknownByteCount else {
      throw scanner.failure(
        "more than \(SafetensorsHeader.maximumUnknownByteCount) bytes belong to no field of the "
          + "format", at: start)
    }
  }

  private mutating func integers() throws(JSONError) -> [Int] {
    try scanner.expect(0x5B)
    var values: [Int] = []
    var isFirst = true
    while try scanner.nextElement(isFirst: &isFirst) {
      guard values.count < SafetensorsHeader.maximumRank else {
        throw scanner.failure("a list has more than \(SafetensorsHeader.maximumRank) numbers")
      }
      values.append(try scanner.unsignedInteger())
    }
    return values
  }
}
