package import CKernels
package import WeftTensors

/// A place in the order of a matrix' elements by magnitude, largest first, and where magnitudes are equal by index.
package typealias MagnitudePlace = weft_place

extension MagnitudePlace: @retroactive Comparable {
  /// Before every element.
  package static let start = MagnitudePlace(magnitude: .max, index: 0)
  /// After every element.
  package static let end = MagnitudePlace(magnitude: 0, index: .max)

  /// The element's index in the whole matrix, `row · columns + column`.
  package var elementIndex: Int { Int(clamping: index) }

  /// The bits of the element's magnitude as a float64, without the sign.
  package var magnitudeBits: UInt64 { magnitude }

  /// Whether an element comes first.
  package static func < (left: MagnitudePlace, right: MagnitudePlace) -> Bool {
    left.magnitude == right.magnitude
      ? left.index < right.index : left.magnitude > right.magnitude
  }

  /// Whether two places are the same.
  package static func == (left: MagnitudePlace, right: MagnitudePlace) -> Bool {
    left.magnitude == right.magnitude && left.index == right.index
  }
}

/// Sixteen bits of magnitudes, counted; the magnitudes are those of float64, without the sign.
package struct DigitCounts: Sendable {
  /// How many elements have each value of the digit.
  package private(set) var counts = [UInt64](repeating: 0, count: 1 << 16)
  /// The lowest bit of the digit.
  package let shift: Int
  /// All bits above the digit; others are not counted.
  package let prefix: UInt64

  /// Starts counting the digit from bit `shift`.
  package init(shift: Int, prefix: UInt64) {
    precondition((0...48).contains(shift))
    self.shift = shift
    self.prefix = prefix
  }

  /// Counts a slice of float64.
  package mutating func add(_ values: ByteSlice, _ kernels: MergeKernels) {
    let (shift, prefix) = (Int32(shift), prefix)
    // In bounds: the count is the slice's own, and a digit is less than 2^16.
    withExtendedLifetime(values) {
      counts.withUnsafeMutableBufferPointer {
        kernels.table.pointee.count_digits(
          values.float64, values.elementCount(.f64), shift, prefix, $0.baseAddress)
      }
    }
  }
}

extension MergeKernels {
  /// The places of the elements of a rectangle whose magnitudes' bits from `shift` up are `prefix`.
  package func places(
    in values: ByteSlice, _ part: Rectangle, shift: Int, prefix: UInt64
  ) -> [MagnitudePlace] {
    precondition(values.elementCount(.f64) == part.elementCount && (0...63).contains(shift))
    // In bounds: there are not more places than elements.
    return withExtendedLifetime(values) {
      Array(unsafeUninitializedCapacity: part.elementCount) { room, count in
        count = table.pointee.find_places(
          values.float64, part.raw, Int32(shift), prefix, room.baseAddress)
      }
    }
  }

  /// Adds to the counts of some rows how many of their elements have exactly a magnitude.
  package func countEquals(
    in values: ByteSlice, to counts: inout [UInt64], rows: Range<Int>, magnitude: UInt64
  ) {
    let elementCount = values.elementCount(.f64)
    precondition(!rows.isEmpty && elementCount % rows.count == 0)
    precondition(rows.lowerBound >= 0 && rows.upperBound <= counts.count)
    // In bounds: the rows are within the counts, checked above.
    withExtendedLifetime(values) {
      counts.withUnsafeMutableBufferPointer { counts in
        table.pointee.count_equals(
          values.float64, rows.count, elementCount / rows.count, magnitude,
          counts.baseAddress.map { $0 + rows.lowerBound })
      }
    }
  }

  /// Sets to zero what comes before `first`, and what does not come before `end`.
  package func keep(
    _ values: ByteSlice, _ part: Rectangle, from first: MagnitudePlace, to end: MagnitudePlace
  ) {
    precondition(values.elementCount(.f64) == part.elementCount)
    // In bounds: the slice holds the rectangle's elements.
    withExtendedLifetime(values) {
      table.pointee.keep_between(values.float64, part.raw, first, end)
    }
  }
}
