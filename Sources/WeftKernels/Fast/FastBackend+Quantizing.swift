import CKernels
package import WeftTensors

/// Activations of eight bits.
extension FastBackend {
  /// The largest magnitude; what is no number does not count.
  package func largestMagnitude(of x: Tensor) throws -> Float {
    let parts = (x.elementCount + Self.run - 1) / Self.run
    let largest = pool.tensor([parts])
    try each(parts) { [elements] _, part in
      let first = part * Self.run
      // In bounds: the range is within the tensor, and each part has a place.
      withExtendedLifetime((x, largest)) {
        largest.start(at: part)?.pointee = elements.table.pointee.largest(
          x.bytes(at: first), min(Self.run, x.elementCount - first), x.element.raw)
      }
    }
    return largest.floats.max() ?? 0
  }

  /// `factor · x` rounded to nearest even within int8, in the order of x: a byte for each element.
  package func quantized(_ x: Tensor, by factor: Float) throws -> ByteSlice {
    let result = ByteBuffer(byteCount: x.elementCount, isZeroed: false).all
    try inRows(of: x.elementCount, columns: 1) { [elements] part in
      // In bounds: the range is within both.
      withExtendedLifetime((x, result)) {
        let target = result[part].start?.assumingMemoryBound(to: Int8.self)
        elements.table.pointee.quantize(
          x.bytes(at: part.lowerBound), factor, part.count, x.element.raw, target)
      }
    }
    return result
  }
}
