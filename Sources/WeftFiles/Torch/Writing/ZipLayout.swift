import WeftTensors

/// The members of a zip archive that is to be written, all of them stored, with the places of their data.
///
/// Layout: for each member a local header and its data, then the central directory, then the end records. Sizes from
/// 4 GiB on are in zip64 fields. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, version 6.3.10.
struct ZipLayout: Sendable {
  /// What a member holds.
  enum Content: Sendable {
    /// Bytes that the plan knows, as an index into the output's literals.
    case literal(Int)
    /// A tensor, by its index.
    case tensor(Int)
  }

  /// A member and its place.
  struct Member: Sendable {
    let name: String
    let content: Content
    let byteCount: Int
    let headerOffset: Int
    let dataOffset: Int
  }

  /// Data starts at a multiple of this, as torch has it, so that a mapped file has aligned tensors.
  static let alignment = 64

  private(set) var members: [Member] = []
  private var end = 0

  /// Where the central directory starts.
  var directoryOffset: Int { end }

  /// The size of the whole archive, in bytes.
  var byteCount: Int {
    directoryOffset + members.reduce(0) { $0 + Self.centralRecord($1, checksum: 0).count }
      + endRecords(directoryByteCount: 0).count
  }

  /// Adds a member and gives the offset of its data.
  mutating func add(_ name: String, _ content: Content, byteCount: Int) -> Int {
    let fixed = end + Self.localHeaderByteCount + name.utf8.count
    let wide = byteCount >= Self.wideLimit ? Self.localWideByteCount : 0
    let unpadded = fixed + wide + Self.paddingHeaderByteCount
    let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
    let dataOffset = unpadded + padding
    members.append(
      Member(
        name: name, content: content, byteCount: byteCount, headerOffset: end,
        dataOffset: dataOffset))
    end = dataOffset + byteCount
    return dataOffset
  }
}

extension ZipLayout {
  private static let localHeaderByteCount = 30
  private static let localWideByteCount = 20
  private static let paddingHeaderByteCount = 4
  /// The first size or offset that 32 bits cannot say.
  private static let wideLimit = 0xFFFF_FFFF
  /// The version that reads zip64.
  private static let version = 45
  /// Names are UTF-8.
  private static let flags = 0x0800
  /// 1 January 1980, the first day that the format knows.
  private static let date = 0x0021

  /// The header that precedes a member's data, with the padding that aligns it.
  static func localHeader(_ member: Member, checksum: UInt32) -> [UInt8] {
    let isWide = member.byteCount >= wideLimit
    let size = isWide ? wideLimit : member.byteCount
    let used =
      localHeaderByteCount + member.name.utf8.count + (isWide ? localWideByteCount : 0)
    let padding = member.dataOffset - member.headerOffset - used - paddingHeaderByteCount
    var bytes = LittleEndianBytes()
    bytes.append(0x0403_4B50, width: 4)
    bytes.append([version, flags, 0, 0, date], width: 2)
    bytes.append([Int(checksum), size, size], width: 4)
    bytes.append(member.name.utf8.count, width: 2)
    bytes.append(
      (isWide ? localWideByteCount : 0) + paddingHeaderByteCount + padding, width: 2)
    bytes.append(Array(member.name.utf8))
    if isWide {
      bytes.append([1, 16], width: 2)
      bytes.append([member.byteCount, member.byteCount], width: 8)
    }
    // "FB" is the id that torch gives its padding.
    bytes.append([0x4246, padding], width: 2)
    bytes.append([UInt8](repeating: UInt8(ascii: "Z"), count: padding))
    return bytes.bytes
  }

  /// A member's record in the central directory.
  private static func centralRecord(_ member: Member, checksum: UInt32) -> [UInt8] {
    let wide = [member.byteCount, member.byteCount, member.headerOffset].filter { $0 >= wideLimit }
    let size = min(member.byteCount, wideLimit)
    var bytes = LittleEndianBytes()
    bytes.append(0x0201_4B50, width: 4)
    bytes.append([version, version, flags, 0, 0, date], width: 2)
    bytes.append([Int(checksum), size, size], width: 4)
    bytes.append([member.name.utf8.count, wide.isEmpty ? 0 : 4 + 8 * wide.count, 0], width: 2)
    bytes.append([0, 0], width: 2)
    bytes.append([0, min(member.headerOffset, wideLimit)], width: 4)
    bytes.append(Array(member.name.utf8))
    if !wide.isEmpty {
      bytes.append([1, 8 * wide.count], width: 2)
      bytes.append(wide, width: 8)
    }
    return bytes.bytes
  }

  /// The central directory and the end records; `checksums` are in the order of the members.
  func trailer(checksums: [UInt32]) -> [UInt8] {
    let records = zip(members, checksums).flatMap { Self.centralRecord($0, checksum: $1) }
    return records + endRecords(directoryByteCount: records.count)
  }

  /// The zip64 end record, its locator and the old end record, which torch writes for every size.
  private func endRecords(directoryByteCount: Int) -> [UInt8] {
    var bytes = LittleEndianBytes()
    bytes.append(0x0606_4B50, width: 4)
    bytes.append(44, width: 8)
    bytes.append([Self.version, Self.version], width: 2)
    bytes.append([0, 0], width: 4)
    bytes.append([members.count, members.count, directoryByteCount, directoryOffset], width: 8)
    bytes.append([0x0706_4B50, 0], width: 4)
    bytes.append(directoryOffset + directoryByteCount, width: 8)
    bytes.append([1, 0x0605_4B50], width: 4)
    let count = min(members.count, 0xFFFF)
    bytes.append([0, 0, count, count], width: 2)
    bytes.append(
      [min(directoryByteCount, Self.wideLimit), min(directoryOffset, Self.wideLimit)], width: 4)
    bytes.append(0, width: 2)
    return bytes.bytes
  }
}
