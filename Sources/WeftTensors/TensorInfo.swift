/// What a file's header says of a tensor: its name, element type and shape, but not its data.
package struct TensorInfo: Sendable, Hashable {
  /// The name, as the file spells it.
  package let name: String
  /// The type of the elements.
  package let dtype: DType
  /// The dimensions, outermost first.
  package let shape: Shape
  /// The number of elements.
  package let elementCount: Int
  /// The size of the data, in bytes.
  package let byteCount: Int

  /// Makes a description, or nil when the size overflows or is not a whole number of bytes.
  package init?(name: String, dtype: DType, shape: Shape) {
    guard let elementCount = shape.checkedElementCount else { return nil }
    let (bitCount, overflow) = elementCount.multipliedReportingOverflow(by: dtype.bitWidth)
    guard !overflow, bitCount % 8 == 0 else { return nil }
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.elementCount = elementCount
    self.byteCount = bitCount / 8
  }

  private init(_ other: TensorInfo, name: String) {
    self.name = name
    dtype = other.dtype
    shape = other.shape
    elementCount = other.elementCount
    byteCount = other.byteCount
  }

  /// The same description under another name.
  package func renamed(_ name: String) -> TensorInfo { TensorInfo(self, name: name) }
}
