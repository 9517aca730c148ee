import WeftTensors

/// Unpacks chunks, with memory that is used again; one thread at a time uses it.
final class WzUnpacker: FrameUnpacker, @unchecked Sendable {
  /// A plane of a chunk, packed.
  private struct PackedPlane {
    let method: PlanePacker.Method
    let bytes: ByteSlice
  }

  private let decompressor = ZstdDecompressor()
  private var reader = PackedReader()
  private var planes = ByteBuffer(byteCount: 0)

  init() {}

  func unpack(_ frame: Frame, number: Int, of file: InputFile, into target: ByteSlice) throws {
    let packed = try reader.bytes(of: frame, in: file)
    do {
      try unpack(packed, into: target)
      if XXH64.hash(target) != frame.checksum { throw WzError.Damage.wrongChecksum }
    } catch let damage as WzError.Damage {
      throw WzError(
        path: file.path,
        problem: .damagedChunk(chunk: number, offsetInFile: frame.offsetInFile, damage))
    }
  }

  private func unpack(_ packed: ByteSlice, into target: ByteSlice) throws {
    guard let form = PlaneForm(code: try number(packed, at: 0, byteCount: 1)) else {
      throw WzError.Damage.unknownForm(try number(packed, at: 0, byteCount: 1))
    }
    let count = target.byteCount / form.width
    let whole = target.prefix(count * form.width)
    let rest = target[whole.byteCount..<target.byteCount]
    let (parts, end) = try planes(of: packed, form: form)
    let stated = end + rest.byteCount
    guard stated == packed.byteCount else {
      throw WzError.Damage.wrongSum(byteCount: stated, expected: packed.byteCount)
    }
    try unpack(parts, as: form, into: whole, count: count)
    rest.copy(from: packed[end..<stated])
  }

  /// The planes as the head of a chunk places them, and where the last one ends.
  private func planes(
    of packed: ByteSlice, form: PlaneForm
  ) throws -> (planes: [PackedPlane], end: Int) {
    var end = 1 + 4 * form.width
    let planes = try (0..<form.width).map { plane in
      let word: UInt32 = try number(packed, at: 1 + 4 * plane, byteCount: 4)
      guard let method = PlanePacker.Method(rawValue: word >> 30) else {
        throw WzError.Damage.unknownMethod(plane: plane)
      }
      let start = end
      end += Int(word & 0x3FFF_FFFF)
      guard end <= packed.byteCount else {
        throw WzError.Damage.wrongSum(byteCount: end, expected: packed.byteCount)
      }
      return PackedPlane(method: method, bytes: packed[start..<end])
    }
    return (planes, end)
  }

  /// A little-endian number of the head.
  private func number<Number: FixedWidthInteger>(
    _ packed: ByteSlice, at offset: Int, byteCount: Int
  ) throws -> Number {
    guard offset + byteCount <= packed.byteCount else {
      throw WzError.Damage.wrongSum(byteCount: offset + byteCount, expected: packed.byteCount)
    }
    return withExtendedLifetime(packed) {
      packed[offset..<offset + byteCount].memory.reversed().reduce(0) { $0 << 8 | Number($1) }
    }
  }

  private func unpack(
    _ parts: [PackedPlane], as form: PlaneForm, into target: ByteSlice, count: Int
  ) throws {
    if form == .bytes { return try unpack(parts[0], number: 0, into: target) }
    if planes.byteCount < target.byteCount {
      planes = ByteBuffer(byteCount: target.byteCount, isZeroed: false)
    }
    let sources = try parts.enumerated().map { number, part in
      // What is kept as it is needs no copy of its own.
      if part.method == .raw, part.bytes.byteCount == count { return part.bytes }
      let plane = planes[number * count..<(number + 1) * count]
      try unpack(part, number: number, into: plane)
      return plane
    }
    Planes.best.join(sources, as: form, into: target)
  }

  private func unpack(_ part: PackedPlane, number: Int, into plane: ByteSlice) throws {
    func wrongSize(_ byteCount: Int?, _ expected: Int) -> WzError.Damage {
      .wrongPlaneSize(plane: number, byteCount: byteCount, expected: expected)
    }
    try withExtendedLifetime((part.bytes, plane)) {
      let (from, to) = (UnsafeRawBufferPointer(part.bytes.memory), plane.memory)
      switch part.method {
      case .raw:
        guard from.count == to.count else { throw wrongSize(from.count, to.count) }
        to.copyMemory(from: from)
      case .constant:
        guard from.count == 1 else { throw wrongSize(from.count, 1) }
        // In bounds: the slice's own memory.
        to.initializeMemory(as: UInt8.self, repeating: from[0])
      case .zstd:
        do throws(ZstdDecompressor.Failure) {
          try decompressor.unpack(from, into: to)
        } catch .corrupt(let reason) {
          throw WzError.Damage.corruptPlane(plane: number, reason: reason)
        } catch .wrongSize(let byteCount) {
          throw wrongSize(byteCount, to.count)
        } catch .wrongChecksum {
          throw WzError.Damage.wrongChecksum
        }
      }
    }
  }
}
