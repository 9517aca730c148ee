import CKernels
package import WeftTensors

/// The rotation of ConvRot: groups of a row's elements times a regular Hadamard matrix, which is its own inverse.
package enum HadamardRotation {
  /// Whether a group of so many elements can be rotated: a power of four up to 4096.
  package static func isPossible(groupLength: Int) -> Bool {
    (1...6).contains { 1 << (2 * $0) == groupLength }
  }

  /// Rotates float32 values in place, whole groups; a second time gives the first values back, but for rounding.
  package static func rotate(_ values: ByteSlice, groupLength: Int) {
    precondition(isPossible(groupLength: groupLength))
    let groupCount = values.byteCount / (groupLength * 4)
    precondition(values.byteCount == groupCount * groupLength * 4)
    withExtendedLifetime(values) {
      guard groupCount > 0, let start = values.start else { return }
      // In bounds: the slice holds whole groups, checked above.
      weft_rotate_groups(start.assumingMemoryBound(to: Float.self), groupCount, groupLength)
    }
  }
}
