/// The dimensions of a tensor, outermost first (row-major).
package struct Shape: Sendable, Hashable {
  /// The dimensions, outermost first; empty for a scalar.
  package let dimensions: [Int]

  /// Makes a shape of the given dimensions, outermost first.
  package init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// The number of dimensions.
  package var rank: Int { dimensions.count }

  /// The product of the dimensions, or nil when the product of the non-zero ones overflows.
  ///
  /// Zero dimensions are left out of the overflow check, so that the answer does not depend on their order.
  package var checkedElementCount: Int? {
    var product = 1
    var isEmpty = false
    for dimension in dimensions {
      guard dimension >= 0 else { return nil }
      guard dimension > 0 else {
        isEmpty = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      product = next
    }
    return isEmpty ? 0 : product
  }

  /// The first dimension, or 1 for a scalar.
  package var rowCount: Int { dimensions.first ?? 1 }

  /// The shape without its trailing dimensions of one element, as `[640, 320, 1, 1]` and `[640, 320]` agree.
  package var withoutTrailingOnes: Shape {
    var kept = dimensions
    while kept.count > 1, kept.last == 1 { kept.removeLast() }
    return Shape(kept)
  }
}

extension Shape: CustomStringConvertible, ExpressibleByArrayLiteral {
  /// The shape as people write it, such as `[320, 4, 3, 3]`.
  package var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }

  /// Makes a shape of literal dimensions.
  package init(arrayLiteral elements: Int...) {
    self.init(elements)
  }
}
