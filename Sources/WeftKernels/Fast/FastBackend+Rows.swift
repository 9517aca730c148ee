import WeftTensors

/// How operations see tensors: as rows, of which threads take some at a time.
extension FastBackend {
  /// The elements that a thread takes at a time.
  static let run = 32 << 10

  /// Row after row, in the backend's type, whatever the rank.
  func rows(_ x: Tensor) throws -> Tensor {
    let element = element(of: x.shape)
    return x.order == .rowMajor && x.element == element ? x : try copy(x, element, .rowMajor)
  }

  /// The rows of the last axis: their number, and that of their elements.
  func lastAxis(_ x: Tensor) -> (rows: Int, columns: Int) {
    let columns = x.shape.dimensions.last ?? 1
    return (x.elementCount / max(columns, 1), columns)
  }

  /// Calls `body` with some rows of so many elements, on all threads: the first one's number and how many there are.
  func inRows(
    of count: Int, columns: Int, _ body: @Sendable (_ rows: Range<Int>) throws -> Void
  ) throws {
    guard columns > 0 else { return }
    try inParts(of: count, size: max(1, Self.run / columns), body)
  }

  /// Memory for float64 numbers, of which the caller uses no more than it asked for.
  func doubles(_ count: Int) -> Tensor { pool.tensor([2 * count]) }
}

extension Tensor {
  /// The numbers of `FastBackend.doubles`; the caller keeps the tensor alive and stays within what it asked for.
  func doubles(at place: Int) -> UnsafeMutablePointer<Double>? {
    precondition((0...elementCount / 2).contains(place))
    // In bounds: checked above. Aligned: a buffer starts at a multiple of 8.
    return bytes.map { $0.assumingMemoryBound(to: Double.self) + place }
  }
}
