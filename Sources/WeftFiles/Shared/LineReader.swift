/// Goes through the lines of a file that may be large, with the memory of a few lines.
package struct LineReader {
  /// The longest line, in bytes; what is longer is no line of weft's.
  package static let maximumByteCount = 16 << 20
  private static let blockByteCount = 256 << 10

  private let file: InputFile
  private var offset = 0
  private var block: [UInt8] = []
  private var start = 0
  /// The place of the next line in the file, in bytes.
  package private(set) var offsetInFile = 0

  /// Opens a file.
  package init(_ path: String) throws(FileError) { self.init(try InputFile.open(path)) }

  /// Reads an open file from its start, or from the start of a line in it.
  package init(_ file: InputFile, from offset: Int = 0) {
    self.file = file
    self.offset = offset
    offsetInFile = offset
  }

  /// The next line without its end, or nil at the end of the file; `isWhole` is false for text without a line end.
  package mutating func next() throws(FileError) -> (line: ArraySlice<UInt8>, isWhole: Bool)? {
    var searched = start
    while true {
      if let end = block[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return (take(upTo: end, skipping: 1), true)
      }
      guard offset < file.byteCount, block.count - start < Self.maximumByteCount else {
        return start == block.count ? nil : (take(upTo: block.count, skipping: 0), false)
      }
      searched = try refill()
    }
  }

  /// The line of a file that starts at an offset.
  package static func line(
    of file: InputFile, at offsetInFile: Int
  ) throws(FileError) -> ArraySlice<UInt8> {
    var byteCount = usualByteCount
    while true {
      let end = min(offsetInFile + byteCount, file.byteCount)
      let bytes = try file.bytes(min(offsetInFile, end)..<end)
      if let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n")) { return bytes[..<lineEnd] }
      guard end < file.byteCount, byteCount < maximumByteCount else { return bytes[...] }
      byteCount *= 8
    }
  }

  /// As much as most lines have, in bytes.
  private static let usualByteCount = 1024

  private mutating func take(upTo end: Int, skipping count: Int) -> ArraySlice<UInt8> {
    let line = block[start..<end]
    offsetInFile += end + count - start
    start = end + count
    return line
  }

  /// Adds a block to what is left of the last; gives where the new bytes start.
  private mutating func refill() throws(FileError) -> Int {
    block.removeFirst(start)
    start = 0
    let end = min(offset + Self.blockByteCount, file.byteCount)
    let searched = block.count
    block += try file.bytes(offset..<end)
    offset = end
    return searched
  }
}
