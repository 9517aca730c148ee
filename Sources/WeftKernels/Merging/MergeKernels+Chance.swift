import CKernels
package import WeftTensors

/// The chances of a row's elements to be kept, rising with the rank of their magnitudes.
package struct RankedChances: Sendable {
  /// The chance of the least magnitude.
  package let least: Double
  /// How much higher that of the largest magnitude is.
  package let span: Double
  /// Elements of a row that are so many columns apart are ranked together.
  package let group: Int

  /// Chances around a mean, as far as `reach` below and above it.
  package init(mean: Double, reach: Double, group: Int) {
    precondition(group > 0)
    least = mean - reach
    span = 2 * reach
    self.group = group
  }
}

extension MergeKernels {
  /// Keeps each element with a chance and multiplies it by a factor; the others become zero.
  ///
  /// Whether an element is kept depends on the seed and on its place in the whole matrix alone.
  package func thin(
    _ values: ByteSlice, _ part: Rectangle, seed: UInt64, chance: Double, factor: Double
  ) {
    precondition(values.elementCount(.f64) == part.elementCount && (0...1).contains(chance))
    // In bounds: the slice holds the rectangle's elements.
    withExtendedLifetime(values) {
      table.pointee.thin(values.float64, part.raw, seed, chance, factor)
    }
  }

  /// Keeps each element with its own chance, divided by it if `inverse`; the others become zero.
  package func thin(
    _ values: ByteSlice, _ part: Rectangle, seed: UInt64, chances: ByteSlice, inverse: Bool
  ) {
    precondition(values.elementCount(.f64) == part.elementCount)
    precondition(chances.elementCount(.f64) == part.elementCount)
    // In bounds: both slices hold the rectangle's elements.
    withExtendedLifetime((values, chances)) {
      table.pointee.thin_each(values.float64, part.raw, seed, chances.float64, inverse)
    }
  }

  /// Writes the chances of the elements of whole rows; equal magnitudes are ranked by column.
  ///
  /// The rows are `[n, columns]` like the chances; `scratch` has room for `3 * columns` float64.
  package func rank(
    _ rows: ByteSlice, columns: Int, by rule: RankedChances, into chances: ByteSlice,
    scratch: ByteSlice
  ) {
    let count = rows.elementCount(.f64)
    precondition(columns > 0 && columns % rule.group == 0 && columns < Int(UInt32.max))
    precondition(count % columns == 0 && chances.elementCount(.f64) == count)
    precondition(scratch.elementCount(.f64) >= 3 * columns)
    let raw = weft_chances(least: rule.least, span: rule.span, group: rule.group)
    // In bounds: each row is `columns` elements of both slices, and the scratch is large enough for the keys and indices
    // of a row.
    withExtendedLifetime((rows, chances, scratch)) {
      guard let source = rows.float64, let target = chances.float64 else { return }
      let room = scratch.start?.assumingMemoryBound(to: UInt64.self)
      for start in Swift.stride(from: 0, to: count, by: columns) {
        table.pointee.rank_row(source + start, columns, raw, target + start, room)
      }
    }
  }
}
