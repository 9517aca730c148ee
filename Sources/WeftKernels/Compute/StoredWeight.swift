package import WeftTensors

/// A layer's weight in the form in which a file has it, in memory; its values are made when they are needed.
package protocol StoredWeight: AnyObject, Sendable {
  /// `[outputs, inputs, kernel height, kernel width]` or `[outputs, inputs]`.
  var shape: Shape { get }
  /// The memory that the stored form takes, in bytes.
  var byteCount: Int { get }
  /// Writes the values of some outputs as float32; any thread may ask.
  func read(outputs: Range<Int>, into values: ByteSlice) throws
}

extension StoredWeight {
  /// The elements of one output.
  var depth: Int { (shape.checkedElementCount ?? 0) / max(1, shape.dimensions.first ?? 1) }

  /// How many outputs are best made together: their values stay in the cache until somebody uses them.
  func outputCount(perPart elementCount: Int) -> Int { max(1, elementCount / max(1, depth)) }
}
