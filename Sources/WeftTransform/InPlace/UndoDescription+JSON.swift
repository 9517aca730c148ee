import WeftTensors

extension UndoDescription {
  /// The description as the undo file has it; its length does not depend on the checksums.
  var json: JSONValue {
    .object([
      "model": .object(["path": .string(modelPath), "bytes": .integer(modelByteCount)]),
      "ranges": .array(
        ranges.map { range in
          .object([
            "name": .string(range.name), "offset": .integer(range.offset),
            "bytes": .integer(range.byteCount), "crc32": .string(Self.digits(range.checksum)),
          ])
        }),
      "new_header_crc32": .string(Self.digits(newHeaderChecksum)),
      "witnesses": .object([
        "places": .array(
          witnesses.places.map { .array([.integer($0.lowerBound), .integer($0.count)]) }),
        "crc32": .string(Self.digits(witnesses.checksum)),
      ]),
      "recipe": recipe,
    ])
  }

  /// Reads a description; nil when it is not one, or when its ranges cannot be those of a model.
  init?(_ value: JSONValue) {
    guard let path = value["model"]?["path"]?.text,
      let size = value["model"]?["bytes"]?.integer,
      let ranges = value["ranges"]?.elements?.compactMap(SavedRange.init),
      ranges.count == value["ranges"]?.elements?.count,
      let newHeader = Self.checksum(value["new_header_crc32"]),
      let witnesses = Witnesses(value["witnesses"]),
      let recipe = value["recipe"]
    else { return nil }
    self.init(
      modelPath: path, modelByteCount: size, ranges: ranges, newHeaderChecksum: newHeader,
      witnesses: witnesses, recipe: recipe)
    let places = witnesses.places
    guard ranges.first?.offset == 0, headerByteCount > 8,
      Self.areAscending(ranges.map { $0.offset..<$0.end }, below: size),
      Self.areAscending(places, below: size)
    else { return nil }
  }

  /// Whether ranges follow one another within so many bytes.
  private static func areAscending(_ ranges: [Range<Int>], below byteCount: Int) -> Bool {
    var end = 0
    return ranges.allSatisfy { range in
      defer { end = range.upperBound }
      return range.lowerBound >= end && range.upperBound <= byteCount
    }
  }

  /// Eight hexadecimal digits.
  fileprivate static func digits(_ checksum: UInt32) -> String {
    let text = String(checksum, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  fileprivate static func checksum(_ value: JSONValue?) -> UInt32? {
    value?.text.flatMap { UInt32($0, radix: 16) }
  }
}

extension UndoDescription.SavedRange {
  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.text, let offset = value["offset"]?.integer,
      let byteCount = value["bytes"]?.integer, offset >= 0, byteCount > 0,
      !offset.addingReportingOverflow(byteCount).overflow,
      let checksum = UndoDescription.checksum(value["crc32"])
    else { return nil }
    self.init(offset: offset, byteCount: byteCount, name: name, checksum: checksum)
  }
}

extension UndoDescription.Witnesses {
  fileprivate init?(_ value: JSONValue?) {
    guard let checksum = UndoDescription.checksum(value?["crc32"]),
      let elements = value?["places"]?.elements
    else { return nil }
    let places = elements.compactMap { element -> Range<Int>? in
      guard let start = element.elements?.first?.integer,
        let count = element.elements?.last?.integer,
        start >= 0, count >= 0, count <= 1 << 20
      else { return nil }
      let (end, overflow) = start.addingReportingOverflow(count)
      return overflow ? nil : start..<end
    }
    guard places.count == elements.count else { return nil }
    self.init(places: places, checksum: checksum)
  }
}
