import CKernels
package import WeftTensors

extension MergeKernels {
  /// Writes the weighted sum of those differences whose sign is that of the weighted sum of all, divided by the sum of
  /// their weights if `normalizes`.
  ///
  /// A sum of zero counts as positive; a difference of zero agrees with no sign.
  package func elect(
    _ deltas: [ByteSlice], weights: [Double], normalizes: Bool, into target: ByteSlice
  ) {
    let count = target.elementCount(.f64)
    precondition(weights.count == deltas.count)
    let pointers = deltas.map { delta in
      precondition(delta.elementCount(.f64) == count)
      return UnsafePointer(delta.float64)
    }
    // In bounds: every slice holds `count` elements, checked above.
    withExtendedLifetime((deltas, target)) {
      pointers.withUnsafeBufferPointer { pointers in
        table.pointee.elect(
          pointers.baseAddress, weights, weights.count, normalizes, target.float64, count)
      }
    }
  }

  /// Writes a + factor · |b - a| / (|b - c| + |b - a|) · (b - c), where a quotient of zeros is zero.
  package func trainDifference(
    _ a: ByteSlice, _ b: ByteSlice, _ c: ByteSlice, factor: Double, into target: ByteSlice
  ) {
    let count = target.elementCount(.f64)
    for values in [a, b, c] { precondition(values.elementCount(.f64) == count) }
    // In bounds: every slice holds `count` elements.
    withExtendedLifetime((a, b, c, target)) {
      table.pointee.train_difference(
        a.float64, b.float64, c.float64, factor, target.float64, count)
    }
  }

  /// Writes b · (1 - share) + a · share, where each column has its share; all but the shares are `[n, shares]`.
  package func blendColumns(
    _ a: ByteSlice, _ b: ByteSlice, shares: ByteSlice, into target: ByteSlice
  ) {
    let (count, columns) = (target.elementCount(.f64), shares.elementCount(.f64))
    for values in [a, b] { precondition(values.elementCount(.f64) == count) }
    precondition(columns > 0 ? count % columns == 0 : count == 0)
    guard columns > 0 else { return }
    // In bounds: all hold `count` elements, which are whole rows of `columns`.
    withExtendedLifetime((a, b, shares, target)) {
      table.pointee.blend_columns(
        a.float64, b.float64, shares.float64, count / columns, columns, target.float64)
    }
  }
}
