/// The instructions of pickles, as far as their lengths go.
///
/// Source: https://github.com/python/cpython/blob/v3.13.0/Lib/pickletools.py
enum PickleInstruction {
  /// What follows an instruction's byte.
  enum Argument {
    /// So many bytes.
    case fixed(Int)
    /// So many lines of text.
    case lines(Int)
    /// Bytes after their number, which has a width.
    case counted(Int)
  }

  /// Every instruction.
  static let all: [(opcode: UInt8, argument: Argument)] =
    Array("().012NQR]abdelostu}".unicodeScalars).compactMap { scalar in
      scalar.isASCII ? (UInt8(truncatingIfNeeded: scalar.value), .fixed(0)) : nil
    }
    + [0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94, 0x97, 0x98].map {
      ($0, .fixed(0))
    }
    + [
      (0x4B, .fixed(1)), (0x4D, .fixed(2)), (0x4A, .fixed(4)), (0x47, .fixed(8)),
      (0x68, .fixed(1)), (0x6A, .fixed(4)), (0x71, .fixed(1)), (0x72, .fixed(4)),
      (0x80, .fixed(1)), (0x82, .fixed(1)), (0x83, .fixed(2)), (0x84, .fixed(4)),
      (0x95, .fixed(8)), (0x46, .lines(1)), (0x49, .lines(1)), (0x4C, .lines(1)),
      (0x50, .lines(1)), (0x53, .lines(1)), (0x56, .lines(1)), (0x67, .lines(1)),
      (0x70, .lines(1)), (0x63, .lines(2)), (0x69, .lines(2)), (0x43, .counted(1)),
      (0x55, .counted(1)), (0x8A, .counted(1)), (0x8C, .counted(1)), (0x42, .counted(4)),
      (0x54, .counted(4)), (0x58, .counted(4)), (0x8B, .counted(4)), (0x8D, .counted(8)),
      (0x8E, .counted(8)), (0x96, .counted(8)),
    ]

  /// Those that put an integer on the stack.
  static let integers: Set<UInt8> = [0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x8A]

  private static let arguments: [Argument?] = all.reduce(
    into: [Argument?](repeating: nil, count: 256)
  ) { arguments, pair in arguments[Int(pair.opcode)] = pair.argument }
  private static let maximumCount = 4000

  /// Where the instructions start and the last one ends: up to the first that is none, or the fifth pickle's end.
  static func cuts(of bytes: [UInt8]) -> [Int] {
    var cuts = [0]
    var offset = 0
    var pickleCount = 0
    while pickleCount < 5, cuts.count < maximumCount, offset < bytes.count,
      let argument = arguments[Int(bytes[offset])],
      let end = end(of: argument, in: bytes, from: offset + 1)
    {
      if bytes[offset] == 0x2E { pickleCount += 1 }
      offset = end
      cuts.append(offset)
    }
    return cuts
  }

  private static func end(of argument: Argument, in bytes: [UInt8], from start: Int) -> Int? {
    switch argument {
    case .fixed(let count): return start + count <= bytes.count ? start + count : nil
    case .lines(let count):
      var end = start
      for _ in 0..<count {
        guard let next = bytes[end...].firstIndex(of: 0x0A) else { return nil }
        end = next + 1
      }
      return end
    case .counted(let width):
      let count = Numbers.littleEndian(bytes, at: start, width: width)
      let left = bytes.count - start - width
      return left >= 0 && 0...left ~= count ? start + width + count : nil
    }
  }
}
