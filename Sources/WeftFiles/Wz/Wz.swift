/// The container `.safetensors.wz`: a safetensors file, byte for byte, in chunks whose bytes are grouped before zstd.
///
/// Weights are noise but for their exponents, which take few values. A chunk is therefore taken apart into planes, the
/// lowest bytes of all elements, then the next ones and so on, and each plane is packed alone: the exponents by Huffman
/// codes, the noise not at all. What the chunks unpack to is the safetensors file itself with its own header.
///
/// Layout, all integers little-endian:
///
///     prologue   16  magic F7 57 45 46 54 57 5A 0A, version u32 = 1, u32 = 0
///     chunks         those of the tensors, in the order of the file, then those of its header
///     index      16  for each chunk, in this order: unpacked size u32, packed size u32, XXH64 (seed 0) of what it unpacks to
///     epilogue   32  number of chunks u32, how many of them are the header's u32, unpacked size of all u64,
///                    XXH64 of the index and these 16 bytes, magic backwards
///
/// The safetensors file is the header's chunks, then the others. A chunk, of n bytes unpacked:
///
///     form        1  bits 0-1: log2 of the width w of an element; bit 4: rotated; others 0. A width of 1 is not rotated.
///     planes     4w  u32 for each plane: bits 0-29 packed size, bits 30-31 method
///                    (0 as it is, 1 one zstd frame, 2 one byte that all are; 3 is not used)
///     data           the packed planes, the lowest bytes of the elements first
///     rest           the last n mod w bytes as they are
///
/// Every plane has n / w bytes, rounded down. Where elements are rotated, each was rotated left by one bit before it was
/// taken apart: the sign of a float goes to its lowest bit, and its exponent starts where a plane does.
///
/// Source: https://github.com/zipnn/zipnn/blob/025b8a3e/README.md for the idea; the layout is weft's own.
package enum Wz {
  /// What a file starts with; as the length of a safetensors header it would be over every limit.
  package static let magic: [UInt8] = [0xF7] + Array("WEFTWZ\n".utf8)
  /// The version of the layout.
  package static let version: UInt32 = 1

  /// The largest chunk that is read, in bytes once it is unpacked.
  package static let maximumChunkByteCount = 4 << 20
  /// The most chunks that are read: 256 GiB of chunks of the written size; it bounds the index to 16 MiB.
  package static let maximumChunkCount = 1 << 20
  /// The size of the chunks that are written: a tensor's range is read without unpacking much else, planes of 16-bit
  /// elements are one block of zstd, and all that a thread works on stays in the cache.
  package static let chunkByteCount = 256 << 10

  /// The size of the magic, the version and four zero bytes.
  static let prologueByteCount = 16
  /// The size of a chunk's entry in the index.
  static let entryByteCount = 16
  /// The size of the numbers, the checksum and the magic at the end.
  static let epilogueByteCount = 32

  /// The bytes that a file starts with.
  package static var prologue: [UInt8] {
    var bytes = LittleEndianBytes()
    bytes.append(magic)
    bytes.append(Int(version), width: 4)
    bytes.append(0, width: 4)
    return bytes.bytes
  }

  /// Whether a file starts as one of this container does.
  static func isWz(_ file: InputFile) -> Bool {
    guard file.byteCount >= magic.count else { return false }
    return (try? file.bytes(0..<magic.count)) == magic
  }

  /// The most that a chunk takes once it is packed: planes are kept as they are where packing does not help.
  package static func largestPackedByteCount(_ byteCount: Int) -> Int {
    1 + 4 * PlaneForm.maximumWidth + byteCount
  }
}
