package import WeftTensors

/// Makes float32 values of the stored elements of one tensor.
package protocol ValueDecoder: Sendable {
  /// The path that errors name.
  var path: String { get }
  /// The number of elements of the tensor.
  var elementCount: Int { get }
  /// How many elements are decoded together; a whole number of them is asked for, but for the tensor's end.
  var grain: Int { get }
  /// Writes the values of a range of elements, which starts at a multiple of the grain, as float32.
  func decode(_ elements: Range<Int>, into values: ByteSlice) throws
  /// The same with all that is stored in memory.
  func inMemory() throws -> any ValueDecoder
}
