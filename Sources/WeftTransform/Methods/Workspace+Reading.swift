import WeftKernels
import WeftTensors

extension Workspace {
  /// Reads a rectangle of several matrices into buffers, for the time of a call.
  func reading<Result>(
    _ tile: Tile, of matrices: [any PreparedMatrix],
    _ body: ([ByteSlice]) throws -> Result
  ) throws -> Result {
    try withElements(tile.elementCount, times: matrices.count) { slices in
      for (matrix, slice) in zip(matrices, slices) { try matrix.read(tile, into: slice, self) }
      return try body(slices)
    }
  }

  /// Lends room for several rectangles of float64.
  func withElements<Result>(
    _ count: Int, times: Int, _ body: ([ByteSlice]) throws -> Result
  ) throws -> Result {
    guard times > 0 else { return try body([]) }
    return try withElements(count, times: times - 1) { others in
      try withElements(count) { try body(others + [$0]) }
    }
  }

  /// Writes the sum of slices of float64 with factors, in order; those with factor zero are left out.
  func combine(_ terms: [(values: ByteSlice, coefficient: Double)], into target: ByteSlice) {
    var tally = Tally()
    kernels.combine(
      terms.map { Addend($0.values, .f64, coefficient: $0.coefficient) }, into: target, .f64,
      tally: &tally)
  }
}
