import WeftTensors

/// A container of frames that a compressed output is written in.
protocol FrameContainer: Sendable {
  /// What the file starts with.
  var start: [UInt8] { get }
  /// Whether the frames of the header come behind those of the tensors, so that the header may be known last.
  var endsWithHeader: Bool { get }

  /// The frames that bytes of the unpacked file are cut into, in order and without gaps.
  func cuts(_ range: Range<Int>) -> [FrameCut]
  /// The most bytes that a frame takes once it is packed.
  func largestPackedByteCount(_ byteCount: Int) -> Int
  /// Makes what packs frames for one thread at a time.
  func makePacker() -> any FramePacker
  /// What the file ends with, for frames in its order; `headerCount` of them are the header's.
  func end(_ frames: [PackedFrame], headerCount: Int) -> [UInt8]
}

/// A frame that is to be packed.
struct FrameCut {
  /// The bytes in the unpacked file.
  let range: Range<Int>
  /// What elements they are.
  var form = PlaneForm.bytes
  /// Whether repetitions are to be expected.
  var repeats = true
}

/// Packs frames; one thread at a time uses it.
protocol FramePacker: Sendable {
  /// Packs the bytes of a frame into a slice that holds the largest one.
  func pack(_ slice: ByteSlice, of cut: FrameCut, into target: ByteSlice) throws -> PackedFrame
}

/// What is known of a frame once it is packed.
struct PackedFrame {
  let byteCount: Int
  let packedByteCount: Int
  let checksum: UInt64
}

extension FrameContainer {
  /// Cuts a range into frames of at most a size.
  func split(
    _ range: Range<Int>, by byteCount: Int, form: PlaneForm = .bytes, repeats: Bool = true
  ) -> [FrameCut] {
    stride(from: range.lowerBound, to: range.upperBound, by: byteCount).map { start in
      FrameCut(
        range: start..<min(start + byteCount, range.upperBound), form: form, repeats: repeats)
    }
  }
}
