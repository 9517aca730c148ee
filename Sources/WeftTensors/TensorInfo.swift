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

  /// Makes a description, or nil when the size overflows or the elements are no whole number of blocks.
  package init?(name: String, dtype: DType, shape: Shape) {
    guard let elementCount = shape.checkedElementCount,
      let byteCount = dtype.byteCount(elementCount: elementCount)
    else { return nil }
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.elementCount = elementCount
    self.byteCount = byteCount
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
