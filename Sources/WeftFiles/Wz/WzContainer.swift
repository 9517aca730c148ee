import WeftTensors

/// The container `.safetensors.wz` of a file that is laid out: chunks of one tensor each.
struct WzContainer: FrameContainer {
  /// The bytes of a tensor in the unpacked file.
  private struct Segment {
    let range: Range<Int>
    let dtype: DType
  }

  /// The tensors that have bytes, in their order.
  private let segments: [Segment]

  init(_ layout: OutputLayout) {
    segments = zip(layout.places, layout.tensors).filter { $1.byteCount > 0 }
      .map { Segment(range: $0.offset..<$0.offset + $1.byteCount, dtype: $1.dtype) }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  var start: [UInt8] { Wz.prologue }
  var endsWithHeader: Bool { true }

  /// Whatever lies before the first tensor is the header, which is text.
  func cuts(_ range: Range<Int>) -> [FrameCut] {
    let headerEnd = segments.first?.range.lowerBound ?? range.upperBound
    var cuts = split(range.clamped(to: 0..<headerEnd), by: Wz.maximumChunkByteCount)
    var index = firstSegment(endingAfter: range.lowerBound)
    while index < segments.count, segments[index].range.lowerBound < range.upperBound {
      let segment = segments[index]
      cuts += split(
        segment.range.clamped(to: range), by: Wz.chunkByteCount, form: PlaneForm(segment.dtype),
        repeats: segment.dtype.repeats)
      index += 1
    }
    return cuts
  }

  private func firstSegment(endingAfter offset: Int) -> Int {
    var (low, high) = (0, segments.count)
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func largestPackedByteCount(_ byteCount: Int) -> Int { Wz.largestPackedByteCount(byteCount) }

  func makePacker() -> any FramePacker { WzPacker() }

  func end(_ frames: [PackedFrame], headerCount: Int) -> [UInt8] {
    WzIndex.bytes(
      frames.map {
        WzIndex.Entry(
          byteCount: $0.byteCount, packedByteCount: $0.packedByteCount, checksum: $0.checksum)
      }, headerCount: headerCount)
  }
}

extension DType {
  /// Whether values are likely to recur in the same order, as those of tables of integers.
  fileprivate var repeats: Bool { kind == .boolean || kind == .integer && blockByteCount > 1 }
}

extension WzPacker: FramePacker {
  func pack(_ slice: ByteSlice, of cut: FrameCut, into target: ByteSlice) -> PackedFrame {
    let (byteCount, checksum) = pack(slice, as: cut.form, repeats: cut.repeats, into: target)
    return PackedFrame(
      byteCount: slice.byteCount, packedByteCount: byteCount, checksum: checksum)
  }
}
