package import WeftTensors

/// The activations or weights of a network as a backend keeps them: float32, row-major.
///
/// Pictures and latents are `[N, C, H, W]`, tokens `[N, T, C]`. Networks look at shapes alone; values are a backend's
/// business, and those of `weft forward` and `verify`.
package struct Tensor: Sendable {
  /// The dimensions, outermost first.
  package let shape: Shape
  private var storage: TensorStorage

  /// The bytes of an element.
  package static let elementByteCount = 4

  init(shape: Shape, storage: TensorStorage) {
    (self.shape, self.storage) = (shape, storage)
  }

  /// A tensor of a buffer's values, which must be as many as the shape says.
  package init(shape: Shape, buffer: ByteBuffer) {
    precondition(buffer.byteCount >= (shape.checkedElementCount ?? 0) * Self.elementByteCount)
    self.init(shape: shape, storage: TensorStorage(buffer: buffer, pool: nil))
  }

  /// A tensor of float32 values.
  package init(_ shape: Shape, _ values: [Float]) {
    precondition(values.count == shape.checkedElementCount)
    let buffer = ByteBuffer(byteCount: values.count * Self.elementByteCount, isZeroed: false)
    values.withUnsafeBytes { source in
      // In bounds: the buffer was made for exactly these bytes.
      withExtendedLifetime(buffer) { buffer.all.memory.copyMemory(from: source) }
    }
    self.init(shape: shape, buffer: buffer)
  }

  /// The number of elements.
  package var elementCount: Int { shape.checkedElementCount ?? 0 }

  /// The size of the values, in bytes.
  package var byteCount: Int { elementCount * Self.elementByteCount }

  /// The values, row after row.
  package var values: ByteSlice { storage.buffer[0..<byteCount] }

  /// The values as an array.
  package var floats: [Float] {
    [Float](unsafeUninitializedCapacity: elementCount) { target, count in
      // In bounds: the array has room for exactly the slice's bytes.
      withExtendedLifetime(self) {
        UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(values.memory))
      }
      count = elementCount
    }
  }

  /// The same values in another shape of as many elements.
  package func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.checkedElementCount == elementCount)
    return Tensor(shape: shape, storage: storage)
  }

  /// A dimension, counted from the outermost.
  package subscript(axis: Int) -> Int { shape.dimensions[axis] }

  /// Whether nobody else holds the values, so that they may be overwritten.
  package mutating func isUnshared() -> Bool { isKnownUniquelyReferenced(&storage) }
}
