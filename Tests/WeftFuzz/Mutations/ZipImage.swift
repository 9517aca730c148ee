/// A zip archive taken apart, to be put together with places, sizes and checksums that are right.
///
/// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3)
struct ZipImage {
  /// The members in the order of the directory.
  var members: [ZipImageMember] = []
  /// What follows the directory's end.
  var comment: [UInt8] = []

  /// Takes an archive apart as far as it can be followed, or gives nil.
  init?(_ bytes: [UInt8]) {
    guard let end = ZipFields.endRecord(of: bytes) else { return nil }
    comment = Array(bytes[(end + 22)...])
    for start in ZipFields.centralRecords(of: bytes) {
      guard let member = ZipImageMember(bytes, record: start) else { return nil }
      members.append(member)
    }
  }

  /// The archive.
  var bytes: [UInt8] { bytes(isWide: false) }

  /// The archive with the records of 64 bits.
  var wideBytes: [UInt8] { bytes(isWide: true) }

  /// The archive with all members compressed.
  var deflated: ZipImage {
    var image = self
    for index in members.indices { image.members[index].deflate() }
    return image
  }

  private func bytes(isWide: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      directory += member.record(offset: bytes.count, isWide: isWide)
      bytes += member.header + member.data
    }
    let start = bytes.count
    bytes += directory
    if isWide { bytes += wideEnd(start: start, byteCount: directory.count) }
    let count = UInt64(isWide ? 0xFFFF : members.count)
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    bytes += Numbers.littleEndian(count, width: 2)
    bytes += Numbers.littleEndian(count, width: 2)
    bytes += Numbers.littleEndian(isWide ? .max : UInt64(directory.count), width: 4)
    bytes += Numbers.littleEndian(isWide ? .max : UInt64(start), width: 4)
    bytes += Numbers.littleEndian(UInt64(comment.count), width: 2)
    return bytes + comment
  }

  private func wideEnd(start: Int, byteCount: Int) -> [UInt8] {
    let count = Numbers.littleEndian(UInt64(members.count), width: 8)
    var bytes: [UInt8] = [0x50, 0x4B, 6, 6]
    bytes += Numbers.littleEndian(44, width: 8)
    bytes += [45, 0, 45, 0]
    bytes += [UInt8](repeating: 0, count: 8)
    bytes += count
    bytes += count
    bytes += Numbers.littleEndian(UInt64(byteCount), width: 8)
    bytes += Numbers.littleEndian(UInt64(start), width: 8)
    bytes += [0x50, 0x4B, 6, 7, 0, 0, 0, 0]
    bytes += Numbers.littleEndian(UInt64(start + byteCount), width: 8)
    return bytes + [1, 0, 0, 0]
  }
}

extension ZipImage {
  /// Makes one change to the list of members or to one of them.
  mutating func mutate(_ random: inout FuzzRandom) {
    guard !members.isEmpty else { return }
    let index = random.below(members.count)
    switch random.below(10) {
    case 0: members.remove(at: index)
    case 1: members.insert(members[index], at: random.below(members.count))
    case 2: members.swapAt(index, random.below(members.count))
    case 3: ByteMutation.mutate(&members[index].name, &random)
    case 4: members[index].change { ByteMutation.mutate(&$0, other: [], &random) }
    case 5: ByteMutation.mutate(&members[index].data, &random)
    case 6: members[index].deflate()
    case 7: members[index].flags ^= 1 << UInt64(random.below(16))
    case 8: ByteMutation.mutate(&comment, other: Array("PK\u{5}\u{6}".utf8), &random)
    default:
      let pickle = members.firstIndex { $0.name.ends(with: "/data.pkl") } ?? index
      members[pickle].change { PickleMutation.mutate(&$0, &random) }
    }
  }
}
