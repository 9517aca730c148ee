package import WeftTensors

/// What the header of a safetensors file says: its metadata, and where every tensor's data is.
///
/// Layout: `u64` little-endian length N, N bytes of JSON, then the data, packed without holes.
/// Source: https://github.com/huggingface/safetensors/blob/24b0b285/README.md
package struct SafetensorsHeader: Sendable {
  /// The longest JSON that the format allows, in bytes.
  package static let maximumByteCount = 100_000_000
  /// More tensors than any model has; it bounds the memory that a hostile header can ask for.
  package static let maximumTensorCount = 100_000
  /// The most bytes of a header that may belong to fields which the format does not have.
  package static let maximumUnknownByteCount = 1 << 20
  /// More metadata than any model has, in bytes: the longest known are training logs of some megabytes.
  package static let maximumMetadataByteCount = 16 << 20
  /// More dimensions than any tensor has; numpy's limit.
  package static let maximumRank = 64
  /// The longest name that is read, in bytes.
  package static let maximumNameByteCount = 1024
  /// The size of the length that a file starts with.
  package static let lengthByteCount = 8

  /// Where the highest byte of that length is, which is zero in every sound file.
  package static let markedOffset = 7
  /// The value that weft puts there while a file is being changed where it lies, so that no reader takes it.
  package static let busyMark: UInt8 = 0xFF

  /// A tensor and the offset of its data in the file.
  package struct Entry: Sendable, Equatable {
    /// The name, type and shape.
    package let info: TensorInfo
    /// Where its data starts, counted from the start of the file.
    package let offsetInFile: Int
  }

  /// The tensors in the order of their data.
  package let entries: [Entry]
  /// The file's own key-value pairs.
  package let metadata: [String: String]
  /// Where the data starts, counted from the start of the file.
  package let dataOffset: Int
  /// The SHA-256 of the length and the JSON, byte for byte.
  package let fingerprint: String
}

extension SafetensorsHeader {
  /// Reads and checks the header of an open file, or of what is unpacked from one.
  package static func read(_ file: any ByteSource) throws -> SafetensorsHeader {
    let size = try checkedHeaderSize(file)
    do {
      // The JSON, up to 100 MB, is gone when its entries are checked.
      let (content, fingerprint) = try parsedContent(file, size: size)
      return try header(content, size: size, file: file, fingerprint: fingerprint)
    } catch let error as JSONError {
      throw SafetensorsError(path: file.path, problem: .invalidHeader(error))
    } catch let problem as SafetensorsError.Problem {
      throw SafetensorsError(path: file.path, problem: problem)
    }
  }

  private static func parsedContent(
    _ file: any ByteSource, size: Int
  ) throws -> (SafetensorsParser.Content, fingerprint: String) {
    let hash = SHA256()
    hash.update(try file.bytes(0..<lengthByteCount))
    let json = try file.bytes(lengthByteCount..<lengthByteCount + size)
    hash.update(json)
    var parser = SafetensorsParser(json)
    return (try parser.parse(), hash.finish())
  }

  private static func checkedHeaderSize(_ file: any ByteSource) throws -> Int {
    func fail(_ problem: SafetensorsError.Problem) -> SafetensorsError {
      SafetensorsError(path: file.path, problem: problem)
    }
    guard file.byteCount >= lengthByteCount else {
      throw fail(.headerTooSmall(fileByteCount: file.byteCount))
    }
    let length = try file.bytes(0..<lengthByteCount).reversed().reduce(UInt64(0)) { value, byte in
      value << 8 | UInt64(byte)
    }
    if length >> 56 == UInt64(busyMark), length & ~(0xFF << 56) <= UInt64(maximumByteCount) {
      throw fail(.halfChanged)
    }
    guard length <= UInt64(maximumByteCount) else { throw fail(.headerTooLarge(byteCount: length)) }
    let size = Int(length)
    guard lengthByteCount + size <= file.byteCount else {
      throw fail(.headerLongerThanFile(byteCount: size, fileByteCount: file.byteCount))
    }
    return size
  }

  /// Checks that the tensors fill the data section exactly, in the order of their offsets.
  private static func header(
    _ content: SafetensorsParser.Content, size: Int, file: any ByteSource, fingerprint: String
  ) throws(SafetensorsError.Problem) -> SafetensorsHeader {
    let dataOffset = lengthByteCount + size
    var cursor = 0
    var infos: [TensorInfo] = []
    infos.reserveCapacity(content.entries.count)
    for raw in content.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      infos.append(try checkedInfo(raw, expectedBegin: cursor))
      cursor = raw.end
    }
    let left = file.byteCount - dataOffset - cursor
    if left < 0 { throw .truncated(missingByteCount: -left) }
    if left > 0 { throw .trailingBytes(count: left) }
    return SafetensorsHeader(
      entries: placed(infos, from: dataOffset), metadata: content.metadata, dataOffset: dataOffset,
      fingerprint: fingerprint)
  }

  /// The offsets of packed data; they lie within a file, so that their sums cannot overflow.
  private static func placed(_ infos: [TensorInfo], from dataOffset: Int) -> [Entry] {
    var offset = dataOffset
    return infos.map { info in
      defer { offset += info.byteCount }
      return Entry(info: info, offsetInFile: offset)
    }
  }

  private static func checkedInfo(
    _ raw: SafetensorsParser.RawEntry, expectedBegin: Int
  ) throws(SafetensorsError.Problem) -> TensorInfo {
    guard raw.begin == expectedBegin, raw.end >= raw.begin else {
      throw .misplaced(
        tensor: raw.name, begin: raw.begin, end: raw.end, expectedBegin: expectedBegin)
    }
    // The reference reader counts bits, and refuses what overflows then.
    guard let info = TensorInfo(name: raw.name, dtype: raw.dtype, shape: raw.shape),
      !info.byteCount.multipliedReportingOverflow(by: 8).overflow
    else {
      throw .invalidSize(tensor: raw.name, dtype: raw.dtype, shape: raw.shape)
    }
    guard info.byteCount == raw.end - raw.begin else {
      throw .wrongSize(
        tensor: raw.name, byteCount: raw.end - raw.begin, expected: info.byteCount)
    }
    return info
  }
}

extension SafetensorsError.Problem: Error {}
