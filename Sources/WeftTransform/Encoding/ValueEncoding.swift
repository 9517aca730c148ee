package import WeftKernels
package import WeftTensors

/// How float32 values become the bytes of an output tensor.
package protocol ValueEncoding: Sendable {
  /// How many elements are encoded together: a block, or a row.
  var grain: Int { get }
  /// Writes the stored form of values, a whole number of grains, of which the first is the tensor's element `first`.
  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally)
  /// Writes the values that a stored form has as float32.
  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice)
}
