package import WeftFiles
import WeftTensors

/// The original bytes of what a fuse changes in a file, from which the file can be made again at any moment.
///
/// Layout, all integers little-endian:
/// - 12 bytes `weft-undo 1\n`, `u32` CRC-32 of the description, `u64` length of the description in bytes;
/// - the description, a JSON object: the model's path from the undo file's folder and its size, the ranges in ascending
///   order with the CRC-32 of each original, the CRC-32 of the header that the model gets, witnesses (places that do not
///   change, and the CRC-32 of what is there) by which the model is known again, and the recipe;
/// - the original bytes of the ranges, one after the other; the first range is the model's header;
/// - the header that the model gets, which is as long as the first range;
/// - the end mark, zeros until the change is complete: 12 bytes `weft-changed`, for every range the `u32` CRC-32 of what
///   the model then has there, `u32` CRC-32 of the mark up to here.
///
/// While the model is being changed, the highest byte of its header's length is `SafetensorsHeader.busyMark`, which makes it a
/// file that no reader takes; the byte gets its own value when everything else is in place.
package struct UndoFile: Sendable {
  static let magic = Array("weft-undo 1\n".utf8)
  static let endMagic = Array("weft-changed".utf8)
  static let descriptionOffset = 24
  private static let maximumDescriptionByteCount = 64 << 20

  /// The path as it was given.
  package let path: String
  let file: InputFile
  let description: UndoDescription
  /// Where the original of each range is in the undo file.
  let savedOffsets: [Int]

  /// Where the header that the model gets is.
  var newHeaderOffset: Int { savedOffsets.last.map { $0 + lastByteCount } ?? 0 }
  /// Where the end mark is.
  var endMarkOffset: Int { newHeaderOffset + description.headerByteCount }
  private var lastByteCount: Int { description.ranges.last?.byteCount ?? 0 }

  /// The size of the end mark, in bytes.
  static func endMarkByteCount(rangeCount: Int) -> Int { endMagic.count + 4 * rangeCount + 4 }

  /// Where the originals are when the description has so many bytes.
  static func savedOffsets(
    _ ranges: [UndoDescription.SavedRange], descriptionByteCount: Int
  ) -> [Int] {
    var offset = descriptionOffset + descriptionByteCount
    return ranges.map { range in
      defer { offset += range.byteCount }
      return offset
    }
  }
}

extension UndoFile {
  /// Opens an undo file and checks what it says of itself; the saved bytes are looked at when they are used.
  package static func open(_ path: String) throws -> UndoFile {
    let file = try InputFile.open(path)
    guard file.byteCount >= descriptionOffset, try isUndoFile(file) else {
      throw TransformError.badData(
        "this is not an undo file of weft", at: path,
        advice: "give the FILE of weft fuse --in-place --undo FILE")
    }
    let start = try file.bytes(0..<descriptionOffset)
    let checksum = UInt32(littleEndian: start[12..<16])
    let length = UInt64(littleEndian: start[16..<24])
    guard length <= UInt64(min(maximumDescriptionByteCount, file.byteCount - descriptionOffset))
    else { throw damaged(path, "its description does not fit into it") }
    let json = try file.bytes(descriptionOffset..<descriptionOffset + Int(length))
    guard Checksum.of(json) == checksum, let value = try? JSONValue(parsing: json),
      let description = UndoDescription(value)
    else { throw damaged(path, "its description is not what was written") }
    let undo = UndoFile(
      path: path, file: file, description: description,
      savedOffsets: savedOffsets(description.ranges, descriptionByteCount: json.count))
    let expected = undo.endMarkOffset + endMarkByteCount(rangeCount: description.ranges.count)
    guard file.byteCount == expected else {
      throw damaged(path, "it has \(file.byteCount) bytes, not \(expected)")
    }
    return undo
  }

  /// Whether a file starts as undo files do.
  static func isUndoFile(_ file: InputFile) throws -> Bool {
    try file.byteCount >= magic.count && file.bytes(0..<magic.count) == magic
  }

  static func damaged(_ path: String, _ what: String) -> TransformError {
    .badData(
      "the undo file is damaged: \(what)", at: path,
      advice: "nothing was changed; use another copy of it, or get the model again")
  }

  /// The model that the undo file belongs to, where it was when the file was written.
  package var modelPath: String {
    let real = Paths.resolved(path) ?? path
    let recorded = description.modelPath
    return recorded.utf8.first == UInt8(ascii: "/")
      ? recorded : Paths.join(Paths.directory(of: real), recorded)
  }

  /// Whether a file has the size of the model.
  package func fits(_ model: any ByteSource) -> Bool {
    model.byteCount == description.modelByteCount
  }

  /// The CRC-32 of every range after the change; nil when the change was not completed.
  func newChecksums() throws -> [UInt32]? {
    let count = description.ranges.count
    let mark = try file.bytes(endMarkOffset..<file.byteCount)
    guard mark.starts(with: Self.endMagic),
      UInt32(littleEndian: mark[(mark.count - 4)...]) == Checksum.of(Array(mark.dropLast(4)))
    else { return nil }
    return (0..<count).map { index in
      let start = Self.endMagic.count + 4 * index
      return UInt32(littleEndian: mark[start..<start + 4])
    }
  }

  /// The end mark of a completed change.
  static func endMark(_ checksums: [UInt32]) -> [UInt8] {
    let mark = endMagic + checksums.flatMap(littleEndianBytes)
    return mark + littleEndianBytes(Checksum.of(mark))
  }
}

extension FixedWidthInteger {
  /// The value of bytes, least significant first.
  fileprivate init(littleEndian bytes: ArraySlice<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
  }
}
