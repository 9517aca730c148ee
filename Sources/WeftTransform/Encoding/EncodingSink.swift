import WeftKernels
import WeftTensors

/// Takes the values of a run of elements in order and hands on their stored form.
///
/// Values that do not fill a grain wait for the next ones. One thread at a time uses a sink.
final class EncodingSink {
  private let encoding: any ValueEncoding
  private let workspace: Workspace
  private var position: Int
  private var carry: ByteBuffer?
  private var carriedByteCount = 0

  /// What did not fit the form.
  private(set) var tally = Tally()
  /// What measures what is lost.
  private let meter: LossMeter?

  /// Makes a sink for the elements from `first` on, a multiple of the grain.
  init(
    _ encoding: any ValueEncoding, first: Int, meter: LossMeter?, workspace: Workspace
  ) {
    self.encoding = encoding
    self.workspace = workspace
    position = first
    self.meter = meter
  }

  private static let width = 4
  private var grainByteCount: Int { encoding.grain * Self.width }

  /// Takes float32 values and hands their stored form to `write` with its offset in the tensor, in bytes.
  func add(_ values: ByteSlice, write: (ByteSlice, Int) throws -> Void) throws {
    var rest = values
    if carriedByteCount > 0 {
      rest = fill(from: rest)
      guard carriedByteCount == grainByteCount, let carry else { return }
      carriedByteCount = 0
      try encode(carry[0..<grainByteCount], write: write)
    }
    let whole = rest.byteCount / grainByteCount * grainByteCount
    if whole > 0 { try encode(rest.prefix(whole), write: write) }
    _ = fill(from: rest[whole..<rest.byteCount])
  }

  /// Hands on what waits at the end of a tensor whose last grain is not full.
  func finish(write: (ByteSlice, Int) throws -> Void) throws {
    guard carriedByteCount > 0, let carry else { return }
    let last = carry[0..<carriedByteCount]
    carriedByteCount = 0
    try encode(last, write: write)
  }

  /// Puts as much as fits into the grain that is not full yet; gives what is left.
  private func fill(from values: ByteSlice) -> ByteSlice {
    guard values.byteCount > 0 else { return values }
    let buffer = carry ?? ByteBuffer(byteCount: grainByteCount, isZeroed: false)
    carry = buffer
    let count = min(values.byteCount, grainByteCount - carriedByteCount)
    buffer[carriedByteCount..<grainByteCount].copy(from: values.prefix(count))
    carriedByteCount += count
    return values[count..<values.byteCount]
  }

  private func encode(
    _ values: ByteSlice, write: (ByteSlice, Int) throws -> Void
  ) throws {
    let elementCount = values.byteCount / Self.width
    let byteCount = encoding.unit.byteCount(of: elementCount)
    let (first, offset) = (position, encoding.unit.byteCount(of: position))
    position += elementCount
    try workspace.withBuffer(byteCount: byteCount) { stored in
      encoding.encode(values, first: first, into: stored, tally: &tally)
      if let meter { measure(values, stored, first: first, meter) }
      try write(stored, offset)
    }
  }

  private func measure(
    _ values: ByteSlice, _ stored: ByteSlice, first: Int, _ meter: LossMeter
  ) {
    workspace.withBuffer(byteCount: values.byteCount) { decoded in
      encoding.decode(stored, first: first, into: decoded)
      meter.add(values, decoded: decoded, first: first)
    }
  }
}
