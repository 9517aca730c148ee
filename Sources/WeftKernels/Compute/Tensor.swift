package import WeftTensors

/// The activations or weights of a network as a backend keeps them: plain tensors are float32, row after row.
///
/// Pictures and latents are `[N, C, H, W]`, tokens `[N, T, C]`, whatever the order of the values. Networks look at shapes
/// alone; values are a backend's business, and those of `weft forward` and `verify`.
package struct Tensor: Sendable {
  /// The dimensions, outermost first.
  package let shape: Shape
  /// How the values are stored.
  package let element: Element
  /// How the values follow one another.
  package let order: Order
  private var storage: TensorStorage

  /// The bytes of an element of a plain tensor.
  package static let elementByteCount = Element.float32.byteCount

  /// How values are stored.
  package enum Element: Sendable {
    case float32, bfloat16
    /// Integers of one layer, which knows what they stand for.
    case int8

    /// The bytes of a value.
    package var byteCount: Int {
      switch self {
      case .float32: 4
      case .bfloat16: 2
      case .int8: 1
      }
    }
  }

  /// How values follow one another.
  package enum Order: Sendable {
    /// The last dimension is the quickest.
    case rowMajor
    /// In pictures `[N, C, H, W]` the channels are the quickest, then the columns.
    case channelsLast
  }

  init(
    shape: Shape, element: Element = .float32, order: Order = .rowMajor, storage: TensorStorage
  ) {
    precondition(order == .rowMajor || shape.rank == 4)
    (self.shape, self.element, self.order) = (shape, element, order)
    self.storage = storage
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
  package var byteCount: Int { elementCount * element.byteCount }

  /// Whether the values are float32, row after row.
  package var isPlain: Bool { element == .float32 && order == .rowMajor }

  /// The values as they are stored.
  package var values: ByteSlice { storage.buffer[0..<byteCount] }

  /// The values of a plain tensor as an array.
  package var floats: [Float] {
    precondition(isPlain)
    return [Float](unsafeUninitializedCapacity: elementCount) { target, count in
      // In bounds: the array has room for exactly the slice's bytes.
      withExtendedLifetime(self) {
        UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(values.memory))
      }
      count = elementCount
    }
  }

  /// The same values in another shape of as many elements.
  package func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.checkedElementCount == elementCount && order == .rowMajor)
    return Tensor(shape: shape, element: element, storage: storage)
  }

  /// The same values in another shape and order, for a backend that knows that they mean the same.
  func seen(as shape: Shape, _ order: Order) -> Tensor {
    precondition(shape.checkedElementCount == elementCount)
    return Tensor(shape: shape, element: element, order: order, storage: storage)
  }

  /// A dimension, counted from the outermost.
  package subscript(axis: Int) -> Int { shape.dimensions[axis] }

  /// Whether nobody else holds the values, so that they may be overwritten.
  package mutating func isUnshared() -> Bool { isKnownUniquelyReferenced(&storage) }
}
