package import WeftKernels
package import WeftTensors

/// What elements are stored in: so many together take so many bytes.
package struct StorageUnit: Sendable, Hashable {
  /// The elements of a unit.
  package let elementCount: Int
  /// Its size, in bytes.
  package let byteCount: Int

  /// Makes a unit.
  package init(elementCount: Int, byteCount: Int) {
    self.elementCount = elementCount
    self.byteCount = byteCount
  }

  /// The unit of a type.
  package init(_ dtype: DType) {
    self.init(elementCount: dtype.blockElementCount, byteCount: dtype.blockByteCount)
  }

  /// The size of so many elements, in bytes; what does not fill a unit takes a whole one.
  package func byteCount(of elementCount: Int) -> Int {
    (elementCount + self.elementCount - 1) / self.elementCount * byteCount
  }

  /// The number of elements that so many bytes hold.
  package func elementCount(of byteCount: Int) -> Int {
    byteCount / self.byteCount * elementCount
  }
}

/// How float32 values become the bytes of an output tensor.
package protocol ValueEncoding: Sendable {
  /// What the elements are stored in.
  var unit: StorageUnit { get }
  /// How many elements are encoded together: a unit, or a row.
  var grain: Int { get }
  /// What must be known of all values before the first is encoded; nil for nothing.
  var survey: ScaleSurvey? { get }
  /// The encoding with what was found out about the values.
  func prepared(with scales: GroupScales) -> any ValueEncoding
  /// Writes the stored form of values, a whole number of grains, of which the first is the tensor's element `first`.
  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally)
  /// Writes the values that a stored form has as float32.
  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice)
}

extension ValueEncoding {
  package var survey: ScaleSurvey? { nil }
  package func prepared(with scales: GroupScales) -> any ValueEncoding { self }
}
