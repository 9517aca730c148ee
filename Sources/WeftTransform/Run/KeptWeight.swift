import WeftFiles
import WeftKernels
package import WeftTensors

/// A layer's weight whose bytes are in memory as a file has them: in blocks, of 8 bits with scales, of half floats.
package final class KeptWeight: StoredWeight {
  package let shape: Shape
  private let block: StoredBlock
  private let raw = BufferPool()

  /// Takes a block that is not transposed and whose tensor is in memory.
  package init(_ block: StoredBlock, shape: Shape) {
    precondition(!block.isTransposed && block.elementCount == shape.checkedElementCount)
    (self.block, self.shape) = (block, shape)
  }

  package var byteCount: Int { block.storedByteCount }

  package func read(outputs: Range<Int>, into values: ByteSlice) throws {
    let depth = block.elementCount / shape.dimensions[0]
    let (first, count) = (block.elementOffset + outputs.lowerBound * depth, outputs.count * depth)
    let (dtype, width) = (block.dtype, block.dtype.byteWidth ?? 1)
    guard dtype != .f32 else { return try block.tensor.read(at: first * width, into: values) }
    try block.tensor.withBytes(at: first * width, byteCount: count * width, buffers: raw) {
      var tally = Tally()
      Kernels.best.convert($0, dtype, into: values, .f32, tally: &tally)
    }
  }
}

extension StoredBlock {
  /// The block's share of the bytes that its tensor takes where it is stored.
  package var storedByteCount: Int {
    let whole = max(1, tensor.info.elementCount)
    return (tensor.storedByteCount * elementCount + whole - 1) / whole
  }
}
