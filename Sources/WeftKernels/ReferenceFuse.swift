import CKernels
package import WeftTensors

/// OpenBLAS cannot be loaded.
package struct OpenBLASMissing: ActionableError {
  /// Makes the error.
  package init() {}

  /// The exit code of a command that ends with this error.
  package var status: ExitStatus { .noInput }
  /// What is wrong.
  package var what: String { "the library libopenblas.so.0 cannot be loaded" }
  /// There is no place in a file to name.
  package var place: String? { nil }
  /// What to do next.
  package var advice: String { "install OpenBLAS (on Debian and Ubuntu: apt install libopenblas0)" }
}

/// The second way to compute a low-rank update: OpenBLAS' float64 product, then scalar rounding.
///
/// It shares no arithmetic with `fuseLowRank`: no packing, no fused order, no bound. Memory: 8
/// bytes an element of all factors, and 8 an element of the tile.
package final class ReferenceFuse: Sendable {
  private struct Pair: Sendable {
    let up: ByteBuffer  // f64 [outputs, rank]
    let down: ByteBuffer  // f64 [rank, inputs]
    let rank: Int
    let scale: Double
    let transposed: Bool
  }

  private let rows: Int
  private let columns: Int
  private let pairs: [Pair]

  /// Widens the factors of some terms for a weight [rows, columns].
  package init(rows: Int, columns: Int, terms: [LowRankTerm]) throws(OpenBLASMissing) {
    guard weft_openblas_load() else { throw OpenBLASMissing() }
    // The interface counts in 32 bits.
    precondition(rows <= Int32.max && columns <= Int32.max)
    (self.rows, self.columns) = (rows, columns)
    pairs = terms.map { term in
      term.check(rows: rows, columns: columns)
      return Pair(
        up: Kernels.best.widened(term.up, term.upDType),
        down: Kernels.best.widened(term.down, term.downDType),
        rank: term.rank, scale: term.scale, transposed: term.transposed)
    }
  }

  /// Writes base + the update for a part of the weight, rounded once to `dtype`; without `columns`, for whole rows.
  ///
  /// `scratch` holds at least as many float64 values as the part has elements; `base` and `target` hold its elements.
  package func fuse(
    base: ByteSlice, _ baseDType: DType, rows part: Range<Int>, columns range: Range<Int>? = nil,
    into target: ByteSlice, _ dtype: DType, scratch: ByteSlice, tally: inout Tally
  ) {
    let range = range ?? 0..<columns
    precondition(part.lowerBound >= 0 && part.upperBound <= rows)
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    let byteCount = part.count * range.count * 8
    let products = pairs.map { pair in
      let product = ByteBuffer(byteCount: byteCount)
      if byteCount > 0 { multiply(pair, rows: part, columns: range, into: product.all) }
      return Addend(product.all, .f64, coefficient: pair.scale)
    }
    let delta = scratch.prefix(byteCount)
    Kernels.best.combine(products, into: delta, .f64, tally: &tally)
    Kernels.best.combine(
      [Addend(base, baseDType, coefficient: 1), Addend(delta, .f64, coefficient: 1)],
      into: target, dtype, tally: &tally)
  }

  private func multiply(
    _ pair: Pair, rows part: Range<Int>, columns range: Range<Int>, into delta: ByteSlice
  ) {
    var call = weft_dgemm_call()
    (call.m, call.n, call.k) = (part.count, range.count, pair.rank)
    (call.alpha, call.beta, call.c_stride) = (1, 0, range.count)
    (call.transpose_a, call.transpose_b) = (pair.transposed, pair.transposed)
    let up = UnsafePointer(pair.up.all.start?.assumingMemoryBound(to: Double.self))
    let down = UnsafePointer(pair.down.all.start?.assumingMemoryBound(to: Double.self))
    // In bounds: rows `part` and columns `range` of the factors lie within them, as they lie within the weight.
    if pair.transposed {  // delta = down^T * up^T: columns `part` of down [rank, rows]
      (call.a, call.a_stride) = (down?.advanced(by: part.lowerBound), rows)
      (call.b, call.b_stride) = (up?.advanced(by: range.lowerBound * pair.rank), pair.rank)
    } else {
      (call.a, call.a_stride) = (up?.advanced(by: part.lowerBound * pair.rank), pair.rank)
      (call.b, call.b_stride) = (down?.advanced(by: range.lowerBound), columns)
    }
    call.c = delta.start?.assumingMemoryBound(to: Double.self)
    withExtendedLifetime((pair, delta)) { weft_openblas_dgemm(&call) }
  }
}
