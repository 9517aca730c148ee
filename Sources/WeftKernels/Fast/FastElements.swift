import CKernels

/// The functions of elements, norms and layouts that are compiled for an instruction set.
struct FastElements: @unchecked Sendable {
  /// The functions; the table is constant and lives as long as the process.
  let table: UnsafePointer<weft_fast_elements>

  /// The functions of an instruction set that this processor has.
  init(_ set: FastInstructionSet) {
    precondition(set <= .best)
    table = weft_fast_elements_of(set.raw)
  }
}

extension Tensor.Element {
  /// The number by which the kernels know the type; integers are one layer's business.
  var raw: weft_element {
    precondition(self != .int8)
    return self == .float32 ? WEFT_ELEMENT_F32 : WEFT_ELEMENT_BF16
  }
}

extension weft_rows {
  /// So many rows of a tensor's elements.
  init(_ rows: Int, _ columns: Int, of x: Tensor) {
    self.init(rows: rows, columns: columns, element: x.element.raw)
  }
}
