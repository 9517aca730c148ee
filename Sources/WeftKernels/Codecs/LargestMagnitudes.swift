import CKernels
package import WeftTensors

/// The largest magnitudes of groups of a tensor's elements, gathered slice by slice.
///
/// NaN in a group makes NaN of it, infinity makes infinity. The order of the slices does not matter.
package struct LargestMagnitudes: Sendable {
  /// One float32 for each group of the whole tensor, zero before the first slice.
  package let values: ByteSlice
  /// The elements of a group.
  package let length: Int

  private let isa: InstructionSet

  /// - Parameters:
  ///   - elementCount: the elements of the tensor.
  ///   - length: the elements of a group, at least one.
  ///   - isa: the instruction set.
  package init(elementCount: Int, length: Int, isa: InstructionSet = .best) {
    precondition(elementCount >= 0 && length > 0)
    let groupCount = elementCount / length + (elementCount % length == 0 ? 0 : 1)
    values = ByteBuffer(byteCount: groupCount * 4).all
    self.length = length
    self.isa = isa
  }

  /// Adds a slice of F16, BF16 or F32 elements; slices that two threads add at once share no group.
  ///
  /// - Parameters:
  ///   - slice: the elements.
  ///   - dtype: their type.
  ///   - start: the elements of the tensor before the slice.
  package func add(_ slice: ByteSlice, _ dtype: DType, start: Int) {
    precondition(dtype != .f64)
    let (count, type) = (slice.elementCount(dtype), dtype.requiredKernelType)
    let places = ScaleGroups(values, length: length, start: start)
    let first = places.groupRange(elementCount: count).lowerBound
    withExtendedLifetime((slice, values)) {
      guard count > 0, let source = slice.start, let target = values.start else { return }
      places.withGroups(elementCount: count) { groups in
        // In bounds: the groups that the slice touches are there, which `withGroups` checks.
        withUnsafePointer(to: groups) {
          weft_scaled_kernels_of(isa.raw).pointee.raise_largest(
            source, type, count, $0, target.assumingMemoryBound(to: Float.self) + first)
        }
      }
    }
  }
}
