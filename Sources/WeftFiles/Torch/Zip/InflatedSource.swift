import WeftTensors

/// The unpacked bytes of a deflated member, at any offset.
///
/// Deflate has no places to start from but its beginning, so states are kept on the way: a reader starts from the
/// nearest one before its offset.
final class InflatedSource: ByteSource {
  private static let inputByteCount = 64 << 10
  private static let discardByteCount = 256 << 10
  /// The distance between kept states, in unpacked bytes; larger for members that would need too many.
  private static let minimumSpacing = 4 << 20
  private static let maximumSnapshotCount = 64

  private let packed: any ByteSource
  private let member: String
  private let id: Int
  private let pool: InflatePool
  private let spacing: Int
  /// The size that the directory says; never more is unpacked.
  let byteCount: Int

  init(_ packed: any ByteSource, member: String, id: Int, byteCount: Int, pool: InflatePool) {
    self.packed = packed
    self.member = member
    self.id = id
    self.byteCount = byteCount
    self.pool = pool
    spacing = max(Self.minimumSpacing, byteCount / Self.maximumSnapshotCount)
  }

  var path: String { packed.path }

  func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount, offset <= byteCount - slice.byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    guard slice.byteCount > 0 else { return }
    guard let stream = pool.take(id, before: offset) ?? InflateStream.start() else {
      throw damaged
    }
    let input = ByteBuffer(byteCount: Self.inputByteCount, isZeroed: false)
    if stream.outputOffset < offset { try skip(stream, to: offset, input: input) }
    try fill(slice, stream, input: input)
    if stream.outputOffset == byteCount { try expectEnd(stream, input: input) }
    if stream.outputOffset < byteCount { pool.keep(stream, of: id, isSnapshot: false) }
  }

  private var damaged: ZipError { ZipError(path: path, problem: .damagedData(member: member)) }

  private func skip(_ stream: InflateStream, to offset: Int, input: ByteBuffer) throws {
    let count = min(Self.discardByteCount, offset - stream.outputOffset)
    let discarded = ByteBuffer(byteCount: count, isZeroed: false)
    while stream.outputOffset < offset {
      try fill(
        discarded.prefix(min(count, offset - stream.outputOffset)), stream, input: input)
    }
  }

  /// Fills a slice, and keeps a state when a multiple of the spacing was passed.
  private func fill(_ slice: ByteSlice, _ stream: InflateStream, input: ByteBuffer) throws {
    let before = stream.outputOffset / spacing
    let count = try withExtendedLifetime(slice) {
      try stream.unpack(packed, through: input, into: slice.memory)
    }
    guard count == slice.byteCount else { throw damaged }
    if stream.outputOffset / spacing > before, let copy = stream.copy() {
      pool.keep(copy, of: id, isSnapshot: true)
    }
  }

  /// Throws when the data goes on after the size that the directory says, or packed bytes are left.
  private func expectEnd(_ stream: InflateStream, input: ByteBuffer) throws {
    let probe = ByteBuffer(byteCount: 1)
    let count = try withExtendedLifetime(probe) {
      try stream.unpack(packed, through: input, into: probe.all.memory)
    }
    guard count == 0, stream.isAtEnd, stream.inputOffset == packed.byteCount else {
      throw damaged
    }
  }
}
