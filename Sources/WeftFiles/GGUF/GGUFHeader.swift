package import WeftTensors

/// What the header of a GGUF file says: its metadata, and where every tensor's data is.
///
/// Layout, with all numbers little-endian: `GGUF`, `u32` version, `u64` number of tensors, `u64` number of keys; for each
/// key its text, `u32` type, value; for each tensor its name, `u32` number of dimensions, `u64` for each of them, the
/// innermost first, `u32` type, `u64` offset in the data; padding; the data, each tensor padded. A text is `u64` length
/// and UTF-8. Versions 2 and 3 are the same but for the number.
/// Source: https://github.com/ggml-org/ggml/blob/d99724f2/docs/gguf.md and src/gguf.cpp
package struct GGUFHeader: Sendable {
  /// What a file starts with.
  static let magic = Array("GGUF".utf8)
  /// The versions that are read; the last one is written.
  static let versions: ClosedRange<UInt32> = 2...3
  /// What offsets are multiples of where the metadata does not say.
  package static let usualAlignment = 32

  /// More tensors than any model has; it bounds the memory that a hostile header can ask for.
  package static let maximumTensorCount = 100_000
  /// More keys than any model has: ComfyUI-GGUF writes one for each tensor that it reshapes.
  package static let maximumKeyCount = 65_536
  /// The longest key that the format allows, in bytes.
  package static let maximumKeyByteCount = 65_535
  /// More metadata than any model has, in bytes: the longest known are vocabularies of less than 20 MB.
  package static let maximumMetadataByteCount = 32 << 20
  /// More keys and texts outside of arrays than any model has, in bytes: the longest known are training logs of some
  /// megabytes.
  package static let maximumTextByteCount = 16 << 20
  /// More than the descriptions of any model's tensors take, in bytes.
  package static let maximumDescriptionByteCount = 32 << 20
  /// The most elements of an array: vocabularies have some hundred thousand.
  package static let maximumElementCount = 1 << 22
  /// The longest name that is read, in bytes; ggml's own limit is 63, stable-diffusion.cpp's 159.
  package static let maximumNameByteCount = 1024
  /// The most dimensions: ggml has 4, and ComfyUI-GGUF keeps the weights of video models in 5.
  package static let maximumRank = 5

  /// A tensor as it is stored, and the offset of its data in the file.
  package struct Entry: Sendable, Equatable {
    /// The name, type and stored shape, outermost dimension first.
    package let info: TensorInfo
    /// Where its data starts, counted from the start of the file.
    package let offsetInFile: Int
  }

  /// The version of the format.
  package let version: UInt32
  /// The key-value pairs.
  package let metadata: GGUFMetadata
  /// The tensors in the order of their data.
  package let entries: [Entry]
  /// Where the data starts, counted from the start of the file.
  package let dataOffset: Int
  /// The number of bytes behind the last tensor and its padding.
  package let trailingByteCount: Int
  /// The SHA-256 of the file up to the end of the last tensor's description.
  package let fingerprint: String
}

extension GGUFHeader {
  /// Reads and checks the header of a file.
  package static func read(_ source: any ByteSource) throws -> GGUFHeader {
    var cursor = GGUFCursor(source)
    do {
      return try read(&cursor, fileByteCount: source.byteCount)
    } catch let problem as GGUFError.Problem {
      throw GGUFError(path: source.path, problem: problem, offsetInFile: cursor.offsetInFile)
    }
  }

  private static func read(_ cursor: inout GGUFCursor, fileByteCount: Int) throws -> GGUFHeader {
    let version = try readVersion(&cursor)
    let tensorCount = try cursor.integer(UInt64.self, of: "the number of tensors")
    guard tensorCount <= maximumTensorCount else { throw Problem.tooManyTensors(tensorCount) }
    let keyCount = try cursor.integer(UInt64.self, of: "the number of keys")
    guard keyCount <= maximumKeyCount else { throw Problem.tooManyKeys(keyCount) }
    let metadata = try GGUFMetadataReader.read(&cursor, count: Int(keyCount))
    let reader = GGUFTensorReader(alignment: metadata.alignment)
    let tensors = try reader.read(&cursor, count: Int(tensorCount))
    let headerByteCount = cursor.offsetInFile
    let place = try reader.place(tensors, behind: headerByteCount, fileByteCount: fileByteCount)
    return GGUFHeader(
      version: version, metadata: metadata.pairs, entries: place.entries,
      dataOffset: place.dataOffset, trailingByteCount: place.trailingByteCount,
      fingerprint: cursor.fingerprint())
  }

  private typealias Problem = GGUFError.Problem

  private static func readVersion(_ cursor: inout GGUFCursor) throws -> UInt32 {
    guard cursor.remainingByteCount >= magic.count,
      try cursor.bytes(magic.count, of: "the magic").elementsEqual(magic)
    else { throw Problem.notGGUF }
    let version = try cursor.integer(UInt32.self, of: "the version")
    if versions.contains(version) { return version }
    // A small number that was written by a big-endian machine has its low half empty.
    if version != 0, version & 0xFFFF == 0 { throw Problem.bigEndian }
    throw version == 1 ? Problem.versionOne : Problem.unknownVersion(version)
  }
}
