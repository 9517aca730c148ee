import WeftTensors

/// Where the parts of a safetensors header's JSON are, byte for byte.
struct HeaderText {
  /// A pair of the metadata.
  struct Member {
    let key: String
    /// The key and the value as the file spells them.
    let range: Range<Int>
    /// The value between its quotation marks.
    let value: Range<Int>
  }

  let json: [UInt8]
  /// The value of `__metadata__`; nil when there is none.
  private(set) var metadata: Range<Int>?
  /// The pairs in it.
  private(set) var members: [Member] = []
  /// Where the first member of the header may start.
  private(set) var start = 0
  /// The end of the JSON, before the white space that fills the header up.
  private(set) var end = 0
  /// Whether the header has any member.
  private(set) var isEmpty = true

  init(_ json: [UInt8]) throws(JSONError) {
    self.json = json
    var scanner = JSONScanner(json)
    try scanner.expect(0x7B)
    start = scanner.offset
    while !scanner.take(0x7D) {
      if !isEmpty { try scanner.expect(0x2C) }
      isEmpty = false
      let key = try scanner.string()
      try scanner.expect(0x3A)
      if key == "__metadata__" {
        try scanMetadata(&scanner)
      } else {
        try scanner.skipValue()
      }
    }
    end = scanner.offset
  }

  private mutating func scanMetadata(_ scanner: inout JSONScanner) throws(JSONError) {
    let isNull = scanner.peek() == 0x6E
    let start = scanner.offset
    if isNull { try scanner.literal("null") } else { try scanMembers(&scanner) }
    metadata = start..<scanner.offset
  }

  private mutating func scanMembers(_ scanner: inout JSONScanner) throws(JSONError) {
    try scanner.expect(0x7B)
    while !scanner.take(0x7D) {
      if !members.isEmpty { try scanner.expect(0x2C) }
      _ = scanner.peek()
      let start = scanner.offset
      let key = try scanner.string()
      try scanner.expect(0x3A)
      _ = scanner.peek()
      let quote = scanner.offset
      _ = try scanner.string()
      members.append(
        Member(
          key: key, range: start..<scanner.offset, value: quote + 1..<scanner.offset - 1))
    }
  }
}
