import CKernels
import WeftTensors

extension FastBackend {
  /// The pixels that a thread takes at a time, a multiple of the kernels' squares.
  private static let pixels = 1 << 10

  /// The same values in another form.
  func copy(
    _ x: Tensor, _ element: Tensor.Element, _ order: Tensor.Order
  ) throws -> Tensor {
    if x.order == order { return try converted(x, element) }
    if order == .channelsLast { return try interleaved(converted(x, .float32), element) }
    return try converted(deinterleaved(x), element)
  }

  /// The same values of another type, which are rounded to nearest even.
  private func converted(_ x: Tensor, _ element: Tensor.Element) throws -> Tensor {
    guard x.element != element else { return x }
    let result = pool.tensor(x.shape, element, x.order)
    try inRows(of: x.elementCount, columns: 1) { [elements] part in
      // In bounds: the range is within both.
      withExtendedLifetime(x) {
        elements.table.pointee.convert(
          x.bytes(at: part.lowerBound), x.element.raw, part.count, element.raw,
          result.bytes(at: part.lowerBound))
      }
    }
    return result
  }

  /// A plain picture with its channels last.
  private func interleaved(_ x: Tensor, _ element: Tensor.Element) throws -> Tensor {
    let result = pool.tensor(x.shape, element, .channelsLast)
    try inRuns(of: x) { [elements] first, place, count in
      // In bounds: the run is within the picture, whose pixels are those of the result.
      withExtendedLifetime(x) {
        elements.table.pointee.interleave(
          x.start(at: place), x[2] * x[3], weft_rows(count, x[1], of: result),
          result.bytes(at: first))
      }
    }
    return result
  }

  /// A picture whose channels are last, as a plain one.
  private func deinterleaved(_ x: Tensor) throws -> Tensor {
    let result = pool.tensor(x.shape)
    try inRuns(of: x) { [elements] first, place, count in
      // In bounds: as above.
      withExtendedLifetime(x) {
        elements.table.pointee.deinterleave(
          x.bytes(at: first), weft_rows(count, x[1], of: x), result.start(at: place),
          x[2] * x[3])
      }
    }
    return result
  }

  /// Calls `body` with runs of a picture's pixels, on all threads: the first element where the channels are last, that of
  /// the first plane, and the number of pixels.
  private func inRuns(
    of x: Tensor, _ body: @Sendable (_ first: Int, _ place: Int, _ count: Int) -> Void
  ) throws {
    let (channels, pixels) = (x[1], x[2] * x[3])
    let runs = (pixels + Self.pixels - 1) / Self.pixels
    try each(channels == 0 ? 0 : x[0] * runs) { _, item in
      let (picture, pixel) = (item / runs, item % runs * Self.pixels)
      body(
        (picture * pixels + pixel) * channels, picture * pixels * channels + pixel,
        min(Self.pixels, pixels - pixel))
    }
  }

  /// A weight's values rounded to bfloat16, as float32.
  func rounded(_ weight: Tensor) throws -> Tensor {
    try converted(converted(plain(weight), .bfloat16), .float32)
  }
}
