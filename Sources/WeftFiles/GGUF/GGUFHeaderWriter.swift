import WeftTensors

/// Writes a header, and refuses what `GGUFHeader` would not read.
struct GGUFHeaderWriter {
  private var header = LittleEndianBytes()

  /// The header as far as it was added.
  var bytes: [UInt8] { header.bytes }

  /// Adds the start of the file and the key-value pairs.
  mutating func append(
    _ metadata: GGUFMetadata, tensorCount: Int
  ) throws(GGUFError.Problem) {
    let entries = metadata.entries.filter { !Self.isUsual($0) }
    guard tensorCount <= GGUFHeader.maximumTensorCount else {
      throw .tooManyTensors(UInt64(tensorCount))
    }
    guard entries.count <= GGUFHeader.maximumKeyCount else {
      throw .tooManyKeys(UInt64(entries.count))
    }
    header.append(GGUFHeader.magic)
    header.append(Int(GGUFHeader.versions.upperBound), width: 4)
    header.append([tensorCount, entries.count], width: 8)
    let start = header.bytes.count
    for entry in entries { try append(entry) }
    guard header.bytes.count - start <= GGUFHeader.maximumMetadataByteCount,
      Self.textByteCount(entries) <= GGUFHeader.maximumTextByteCount
    else { throw .metadataTooLarge }
  }

  /// The size of keys and of texts outside of arrays, in bytes.
  private static func textByteCount(_ entries: [GGUFMetadata.Entry]) -> Int {
    entries.reduce(0) { sum, entry in
      sum + entry.key.utf8.count + (entry.value.type == .string ? entry.value.payload.count : 0)
    }
  }

  /// Whether a pair says what holds without it.
  private static func isUsual(_ entry: GGUFMetadata.Entry) -> Bool {
    entry.key == GGUFMetadata.alignmentKey && entry.value.integer == GGUFHeader.usualAlignment
  }

  private mutating func append(_ entry: GGUFMetadata.Entry) throws(GGUFError.Problem) {
    guard !entry.key.isEmpty else { throw .emptyKey }
    try append(entry.key, part: "a key", limit: GGUFHeader.maximumKeyByteCount)
    let value = entry.value
    header.append(Int(value.type.rawValue), width: 4)
    if let elementType = value.elementType {
      guard value.count <= GGUFHeader.maximumElementCount else {
        throw .tooManyElements(
          key: entry.key, count: UInt64(value.count), limit: GGUFHeader.maximumElementCount)
      }
      header.append(Int(elementType.rawValue), width: 4)
      header.append(value.count, width: 8)
    } else if value.type == .string {
      header.append(value.payload.count, width: 8)
    }
    try check(value, of: entry.key)
    header.append(value.payload)
  }

  /// Throws when a text has a NUL in it.
  private func check(_ value: GGUFValue, of key: String) throws(GGUFError.Problem) {
    let texts = value.type == .string ? [value] : value.elementType == .string ? value.elements : []
    guard texts?.allSatisfy({ !$0.payload.contains(0) }) ?? true else {
      throw .invalidText(part: "the text of \"\(key)\"")
    }
  }

  /// Adds the descriptions of tensors.
  mutating func append(
    _ tensors: [TensorInfo], offsets: [Int]
  ) throws(GGUFError.Problem) {
    var names: Set<String> = []
    let start = header.bytes.count
    for (info, offset) in zip(tensors, offsets) {
      guard names.insert(info.name).inserted else { throw .duplicateTensor(info.name) }
      try append(
        info.name, part: "the name of \"\(info.name)\"", limit: GGUFHeader.maximumNameByteCount)
      header.append(info.shape.rank, width: 4)
      header.append(info.shape.dimensions.reversed(), width: 8)  // the innermost first
      guard let id = GGMLType.id(of: info.dtype) else {
        throw .unwritableType(tensor: info.name, dtype: info.dtype)
      }
      header.append(Int(id), width: 4)
      header.append(offset, width: 8)
    }
    guard header.bytes.count - start <= GGUFHeader.maximumDescriptionByteCount else {
      throw .descriptionsTooLarge
    }
  }

  private mutating func append(
    _ text: String, part: @autoclosure () -> String, limit: Int
  ) throws(GGUFError.Problem) {
    let count = text.utf8.count
    guard count <= limit else {
      throw .tooLong(part: part(), byteCount: UInt64(count), limit: limit)
    }
    guard !text.utf8.contains(0) else { throw .invalidText(part: part()) }
    header.append(count, width: 8)
    header.append(text.utf8)
  }
}
