import WeftKernels
package import WeftTensors

extension Workspace {
  /// Writes a · b, row-major float64: by the kernels, or by OpenBLAS the second way.
  ///
  /// a is `[rows, inner]`, b `[inner, columns]`, the target `[rows, columns]`; it overlaps neither.
  /// - Throws: when OpenBLAS is missing.
  package func product(
    _ a: ByteSlice, _ b: ByteSlice, into target: ByteSlice, rows: Int, inner: Int, columns: Int
  ) throws {
    if isReference {
      try ReferenceProduct.product(
        a, b, into: target, rows: rows, inner: inner, columns: columns)
    } else {
      kernels.product(a, b, into: target, rows: rows, inner: inner, columns: columns)
    }
  }

  /// Writes coefficient · a + b over a; both hold as many float64.
  func add(_ values: ByteSlice, coefficient: Double, to target: ByteSlice) {
    var tally = Tally()
    kernels.combine(
      [Addend(target, .f64, coefficient: 1), Addend(values, .f64, coefficient: coefficient)],
      into: target, .f64, tally: &tally)
  }

  /// Multiplies float64 values by a number.
  func scale(_ values: ByteSlice, by factor: Double) {
    guard factor != 1 else { return }
    var tally = Tally()
    kernels.combine(
      [Addend(values, .f64, coefficient: factor)], into: values, .f64, tally: &tally)
  }
}

extension ByteSlice {
  /// Some elements of a slice of float64.
  func elements(_ range: Range<Int>) -> ByteSlice {
    self[range.lowerBound * 8..<range.upperBound * 8]
  }
}
