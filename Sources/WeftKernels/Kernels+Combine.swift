import CKernels
package import WeftTensors

/// One tensor of a linear combination.
package struct Addend: Sendable {
  /// The values.
  package let values: ByteSlice
  /// Their float type.
  package let dtype: DType
  /// What they are multiplied by; at zero they are not read.
  package let coefficient: Double

  /// Makes an addend.
  package init(_ values: ByteSlice, _ dtype: DType, coefficient: Double) {
    self.values = values
    self.dtype = dtype
    self.coefficient = coefficient
  }
}

extension Kernels {
  /// Writes c0 * v0 + c1 * v1 + ..., element by element, rounded once to `dtype`.
  ///
  /// Products and sums are float64, each rounded, in the order of the addends; those with
  /// coefficient zero are left out, and without any the result is zero. With `dtype` f64 a low-rank
  /// update can follow.
  package func combine(
    _ addends: [Addend], into target: ByteSlice, _ dtype: DType, tally: inout Tally
  ) {
    let count = target.elementCount(dtype)
    let used = addends.filter { $0.coefficient != 0 }
    let raw = used.map { addend in
      precondition(addend.values.elementCount(addend.dtype) == count)
      return weft_addend(
        values: UnsafeRawPointer(addend.values.start), type: addend.dtype.requiredKernelType,
        coefficient: addend.coefficient)
    }
    let to = dtype.requiredKernelType
    // In bounds: every slice holds `count` elements, checked above.
    withExtendedLifetime((used, target)) {
      raw.withUnsafeBufferPointer { raw in
        tally.counting {
          table.pointee.combine(raw.baseAddress, raw.count, target.start, to, count, &$0)
        }
      }
    }
  }
}
