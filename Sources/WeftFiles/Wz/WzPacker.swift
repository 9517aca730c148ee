package import WeftTensors

/// Packs chunks, with memory that is used again; one thread at a time uses it.
package final class WzPacker: @unchecked Sendable {
  private let packer = PlanePacker()
  private let kernels: Planes
  private var planes = ByteBuffer(byteCount: 0)

  /// Makes a packer.
  package init(kernels: Planes = .best) { self.kernels = kernels }

  /// Packs a chunk.
  ///
  /// - Parameters:
  ///   - slice: the bytes; those behind the last whole element are kept as they are.
  ///   - form: what the elements are.
  ///   - repeats: whether repetitions are to be expected, as in text.
  ///   - target: where the packed bytes go: it holds `Wz.largestPackedByteCount`.
  /// - Returns: the number of packed bytes, and the checksum of the unpacked ones.
  package func pack(
    _ slice: ByteSlice, as form: PlaneForm, repeats: Bool = false, into target: ByteSlice
  ) -> (byteCount: Int, checksum: UInt64) {
    let count = slice.byteCount / form.width
    let whole = slice.prefix(count * form.width)
    let sources = split(whole, as: form, count: count)
    var head = LittleEndianBytes()
    head.append([form.code])
    var end = 1 + 4 * form.width
    for plane in sources {
      let (method, byteCount) = packer.pack(
        plane, repeats: repeats, into: target[end..<target.byteCount])
      head.append(Int(method.rawValue) << 30 | byteCount, width: 4)
      end += byteCount
    }
    target.copy(from: head.bytes)
    let rest = slice[whole.byteCount..<slice.byteCount]
    target[end..<end + rest.byteCount].copy(from: rest)
    return (end + rest.byteCount, XXH64.hash(slice))
  }

  /// The planes of whole elements; bytes are one plane as they are.
  private func split(_ elements: ByteSlice, as form: PlaneForm, count: Int) -> [ByteSlice] {
    if form == .bytes { return [elements] }
    if planes.byteCount < elements.byteCount {
      planes = ByteBuffer(byteCount: elements.byteCount, isZeroed: false)
    }
    kernels.split(elements, as: form, into: planes.all.prefix(elements.byteCount))
    return (0..<form.width).map { planes[$0 * count..<($0 + 1) * count] }
  }
}
