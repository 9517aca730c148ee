import CKernels
package import WeftTensors

/// The places along one axis of a tensor that are given to a filter, and those that it computes.
package struct FilterSpan: Sendable {
  /// The length of the whole axis.
  package let count: Int
  /// The places that are given.
  package let given: Range<Int>
  /// The places that are computed.
  package let wanted: Range<Int>

  /// Some places of an axis, and all that a filter of a radius needs for them.
  package init(count: Int, wanted: Range<Int>, radius: Int) {
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= count && radius >= 0)
    self.count = count
    self.wanted = wanted
    given = max(0, wanted.lowerBound - radius)..<min(count, wanted.upperBound + radius)
  }

  /// The same for the kernels.
  var raw: weft_span {
    weft_span(
      count: count, first: given.lowerBound, given: given.count,
      first_wanted: wanted.lowerBound, wanted: wanted.count)
  }
}

extension MergeKernels {
  /// How far the filter of `smooth` reaches.
  package static let smoothingRadius = 4

  /// Filters along one axis with nine symmetric weights; beyond its ends the axis is mirrored, its last element first.
  ///
  /// The values are `[outer, span.given, inner]`, the target is `[outer, span.wanted, inner]`; the span's radius is
  /// `smoothingRadius` at least.
  package func smooth(
    _ values: ByteSlice, outer: Int, _ span: FilterSpan, inner: Int, weights: [Double],
    into target: ByteSlice
  ) {
    precondition(weights.count == 2 * Self.smoothingRadius + 1)
    precondition(values.elementCount(.f64) == outer * span.given.count * inner)
    precondition(target.elementCount(.f64) == outer * span.wanted.count * inner)
    Self.check(span, radius: Self.smoothingRadius)
    let axis = weft_axis(outer: outer, inner: inner, span: span.raw)
    // In bounds: the filter reads places no farther away than its radius, mirrored ones included, and those are given.
    withExtendedLifetime((values, target)) {
      table.pointee.smooth(values.float64, axis, weights, target.float64)
    }
  }

  /// Writes the medians of three neighbours along each dimension; beyond its ends a tensor is mirrored.
  ///
  /// The values are `[rows.given, columns.given, depth, width]`, the target is the same with what is wanted; the spans'
  /// radius is 1 at least.
  package func median(
    _ values: ByteSlice, rows: FilterSpan, columns: FilterSpan, depth: Int, width: Int,
    into target: ByteSlice
  ) {
    precondition(depth > 0 && width > 0)
    let plane = depth * width
    precondition(values.elementCount(.f64) == rows.given.count * columns.given.count * plane)
    precondition(target.elementCount(.f64) == rows.wanted.count * columns.wanted.count * plane)
    for span in [rows, columns] { Self.check(span, radius: 1) }
    // In bounds: a median needs its neighbours alone, and those are given.
    withExtendedLifetime((values, target)) {
      table.pointee.median(
        values.float64, rows.raw, columns.raw, depth, width, target.float64)
    }
  }

  private static func check(_ span: FilterSpan, radius: Int) {
    precondition(span.given.lowerBound <= max(0, span.wanted.lowerBound - radius))
    precondition(span.given.upperBound >= min(span.count, span.wanted.upperBound + radius))
  }
}
