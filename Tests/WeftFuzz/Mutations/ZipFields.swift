/// The records of an archive, and changes to their fields that leave all else as it is.
enum ZipFields {
  private typealias Field = (offset: Int, width: Int)

  private static let header: [Field] = [
    (0, 4), (4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 1),
  ]
  private static let record: [Field] = [
    (0, 4), (6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2),
    (42, 4), (46, 1),
  ]
  private static let end: [Field] = [
    (0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2),
    // The records of 64 bits before it, where there are any.
    (-20, 4), (-16, 4), (-12, 8), (-4, 4), (-76, 4), (-72, 8), (-60, 4), (-56, 4), (-52, 8),
    (-44, 8), (-36, 8), (-28, 8),
  ]
  /// The places of one fact in a member's header and in its record.
  private static let shared: [(Field, Field)] = [
    ((6, 2), (8, 2)), ((8, 2), (10, 2)), ((14, 4), (16, 4)), ((18, 4), (20, 4)), ((22, 4), (24, 4)),
  ]

  /// Where the last end record starts, or nil.
  static func endRecord(of bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    return (0...bytes.count - 22).last { bytes[$0...].starts(with: [0x50, 0x4B, 5, 6]) }
  }

  /// Where the records of the directory start, as far as one follows the other.
  static func centralRecords(of bytes: [UInt8]) -> [Int] {
    guard let first = (0..<max(0, bytes.count - 46)).first(where: { isRecord(bytes, $0) }) else {
      return []
    }
    var records: [Int] = []
    var offset = first
    while isRecord(bytes, offset), records.count < 64 {
      records.append(offset)
      let counts = [28, 30, 32].map { Numbers.littleEndian(bytes, at: offset + $0, width: 2) }
      offset += 46 + counts.reduce(0, +)
    }
    return records
  }

  private static func isRecord(_ bytes: [UInt8], _ offset: Int) -> Bool {
    offset + 46 <= bytes.count && bytes[offset] == 0x50
      && bytes[offset...].starts(with: [0x50, 0x4B, 1, 2])
  }

  /// Changes one field, or a fact wherever it is written.
  static func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard let place = random.element(of: centralRecords(of: bytes)) else { return }
    let own = Numbers.littleEndian(bytes, at: place + 42, width: 4)
    switch random.below(4) {
    case 0: change(&bytes, at: own, random.element(of: header), &random)
    case 1: change(&bytes, at: place, random.element(of: record), &random)
    case 2:
      guard let start = endRecord(of: bytes) else { return }
      change(&bytes, at: start, random.element(of: end), &random)
    default:
      guard let (field, twin) = random.element(of: shared) else { return }
      change(&bytes, at: own, field, &random)
      let new = Array(bytes.dropFirst(own + field.offset).prefix(field.width))
      guard place + twin.offset + new.count <= bytes.count else { return }
      bytes.replaceSubrange(place + twin.offset..<place + twin.offset + new.count, with: new)
    }
  }

  private static func change(
    _ bytes: inout [UInt8], at start: Int, _ field: Field?, _ random: inout FuzzRandom
  ) {
    guard let field else { return }
    Numbers.change(&bytes, at: start + field.offset, width: field.width, &random)
  }
}
