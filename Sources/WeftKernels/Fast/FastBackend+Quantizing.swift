import CKernels
import WeftTensors

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

  /// `factor · x` rounded to nearest even within int8, in the order of x.
  package func quantized(_ x: Tensor, by factor: Float) throws -> Tensor {
    let result = pool.tensor(x.shape, .int8, x.order)
    try inRows(of: x.elementCount, columns: 1) { [elements] part in
      // In bounds: the range is within both.
      withExtendedLifetime((x, result)) {
        elements.table.pointee.quantize(
          x.bytes(at: part.lowerBound), factor, part.count, x.element.raw,
          result.bytes(at: part.lowerBound)?.assumingMemoryBound(to: Int8.self))
      }
    }
    return result
  }
}
