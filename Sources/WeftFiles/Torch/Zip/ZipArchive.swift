import WeftTensors

/// An open zip archive whose directory and members' headers agree.
///
/// Refused beyond what zip programs refuse: names that occur twice, members that overlap, and headers that contradict
/// the directory, for two readers could see two different contents in them.
struct ZipArchive: Sendable {
  private static let headerByteCount = 30
  /// Deflate cannot pack better than this, so that no directory can promise more bytes than that.
  private static let maximumDeflateRatio = 1040
  /// Weights hardly compress, and an archive that was packed again has a ratio of 1 to 3; zeros alone go beyond this.
  private static let maximumExpansion = 50
  /// Archives that unpack to no more than this are harmless whatever their ratio, in bytes.
  static let freeByteCount = 64 << 20

  /// How an archive is read.
  enum Strictness: Sendable {
    /// Whatever is odd is an error.
    case strict
    /// What a tolerant reader might overlook is collected in `oddities`, for a look at all of the content.
    case tolerant
  }

  /// The file.
  let source: any ByteSource
  /// The members in the order of the directory.
  let entries: [ZipEntry]
  /// What is wrong and was passed over.
  private(set) var oddities: [ZipError.Problem] = []

  private let indexByName: [String: Int]
  private let inflatePool = InflatePool()
  private var dataOffsets: [Int] = []

  /// Reads the directory and compares every member's own header with it.
  init(_ source: any ByteSource, strictness: Strictness = .strict) throws {
    do {
      let directory = try ZipDirectory(source)
      self.source = source
      entries = directory.entries
      indexByName = Dictionary(
        entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
      for problem in try check(directory) {
        guard strictness == .tolerant else { throw problem }
        oddities.append(problem)
      }
    } catch let problem as ZipError.Problem {
      throw ZipError(path: source.path, problem: problem)
    }
  }

  /// The place of a name in `entries`.
  func index(of name: String) -> Int? { indexByName[name] }

  /// A member as a source of its unpacked bytes, which remembers the checksums of what is read.
  func member(_ index: Int) throws -> ZipMember {
    ZipMember(entry: entries[index], content: try content(index))
  }

  /// A member as a source of its unpacked bytes.
  func content(_ index: Int) throws -> any ByteSource {
    guard entries.indices.contains(index), dataOffsets.indices.contains(index) else {
      throw ZipError(path: source.path, problem: .noDirectory)
    }
    let entry = entries[index]
    let start = dataOffsets[index]
    let packed = SliceSource(source, range: start..<start + entry.packedByteCount)
    switch entry.method {
    case ZipEntry.stored: return packed
    case ZipEntry.deflated:
      return InflatedSource(
        packed, member: entry.name, id: index, byteCount: entry.byteCount, pool: inflatePool)
    default:
      let problem = ZipError.Problem.unsupportedMethod(member: entry.name, method: entry.method)
      throw ZipError(path: source.path, problem: problem)
    }
  }

  /// All bytes of a small member, compared with its checksum.
  func bytes(_ index: Int, maximumByteCount: Int) throws -> [UInt8] {
    let member = try member(index)
    guard member.byteCount <= maximumByteCount else {
      let problem = ZipError.Problem.tooLarge(
        member: member.entry.name, byteCount: member.byteCount, limit: maximumByteCount)
      throw ZipError(path: source.path, problem: problem)
    }
    let bytes = try member.bytes(0..<member.byteCount)
    try member.checkIntegrity()
    return bytes
  }
}

extension ZipArchive {
  /// Finds where the members' data starts, and all that is odd but does not hinder that.
  private mutating func check(_ directory: ZipDirectory) throws -> [ZipError.Problem] {
    var odd: [ZipError.Problem] = []
    if indexByName.count < entries.count, let name = firstDuplicate() {
      odd.append(.duplicateName(member: name))
    }
    dataOffsets.reserveCapacity(entries.count)
    for entry in entries {
      let header = try header(of: entry)
      dataOffsets.append(try dataOffset(of: entry, header, end: directory.offset))
      if let problem = Self.oddity(of: entry, header) { odd.append(problem) }
    }
    if let name = firstOverlap() { odd.append(.overlapping(member: name)) }
    if isExpanding {
      odd.append(.expands(byteCount: deflatedByteCount, archiveByteCount: source.byteCount))
    }
    return odd
  }

  /// Whether the deflated members unpack to more than any weights would, so that reading all of them is no option.
  var isExpanding: Bool {
    deflatedByteCount > Self.freeByteCount
      && deflatedByteCount / Self.maximumExpansion > source.byteCount
  }

  /// What the deflated members unpack to together, in bytes.
  private var deflatedByteCount: Int {
    entries.reduce(0) { sum, entry in
      guard entry.method == ZipEntry.deflated else { return sum }
      let (next, overflow) = sum.addingReportingOverflow(entry.byteCount)
      return overflow ? Int.max : next
    }
  }

  private func firstDuplicate() -> String? {
    var seen: Set<String> = []
    return entries.first { !seen.insert($0.name).inserted }?.name
  }

  /// The first member, by place, that starts before the one before it has ended.
  private func firstOverlap() -> String? {
    let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
    var end = 0
    for index in order {
      guard entries[index].headerOffset >= end else { return entries[index].name }
      end = dataOffsets[index] + entries[index].packedByteCount
    }
    return nil
  }

  private func header(of entry: ZipEntry) throws -> [UInt8] {
    let outside = ZipError.Problem.outOfBounds(member: entry.name)
    let count = Self.headerByteCount + entry.nameBytes.count
    guard count <= source.byteCount, entry.headerOffset <= source.byteCount - count else {
      throw outside
    }
    let header = try source.bytes(entry.headerOffset..<entry.headerOffset + count)
    guard header.field(at: 0, byteCount: 4) == 0x0403_4B50 else { throw outside }
    return header
  }

  private func dataOffset(
    of entry: ZipEntry, _ header: [UInt8], end: Int
  ) throws(ZipError.Problem) -> Int {
    guard let nameCount = header.field(at: 26, byteCount: 2),
      let extraCount = header.field(at: 28, byteCount: 2)
    else { throw .outOfBounds(member: entry.name) }
    let start = entry.headerOffset + Self.headerByteCount + nameCount + extraCount
    guard start <= end, entry.packedByteCount <= end - start else {
      throw .outOfBounds(member: entry.name)
    }
    let isPossible =
      entry.method == ZipEntry.stored
      ? entry.packedByteCount == entry.byteCount
      : entry.byteCount / Self.maximumDeflateRatio <= entry.packedByteCount
    guard isPossible else { throw .headersDiffer(member: entry.name, field: "size") }
    return start
  }

  /// Why a reader that trusts the member's own header would see something else.
  private static func oddity(of entry: ZipEntry, _ header: [UInt8]) -> ZipError.Problem? {
    let flags = header.field(at: 6, byteCount: 2) ?? 0
    if (flags | entry.flags) & ZipEntry.encryptionFlags != 0 {
      return .encrypted(member: entry.name)
    }
    if (flags | entry.flags) & ZipEntry.patchFlag != 0 { return .patchData(member: entry.name) }
    func differs(_ field: String) -> ZipError.Problem {
      .headersDiffer(member: entry.name, field: field)
    }
    guard header.field(at: 26, byteCount: 2) == entry.nameBytes.count,
      header.dropFirst(headerByteCount).elementsEqual(entry.nameBytes)
    else { return differs("name") }
    guard flags == entry.flags else { return differs("set of flags") }
    guard header.field(at: 8, byteCount: 2) == entry.method else { return differs("method") }
    let expected = [(14, Int(entry.checksum)), (18, entry.packedByteCount), (22, entry.byteCount)]
    for (offset, value) in expected {
      guard let own = header.field(at: offset, byteCount: 4) else { continue }
      // All ones stand for a 64-bit field; zeros with the flag for a record after the data.
      let isElsewhere =
        offset != 14 && own == 0xFFFF_FFFF || flags & ZipEntry.descriptorFlag != 0 && own == 0
      if own != value, !isElsewhere { return differs(offset == 14 ? "CRC-32" : "size") }
    }
    return nil
  }
}
