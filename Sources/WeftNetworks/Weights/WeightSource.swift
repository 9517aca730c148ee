package import WeftKernels
package import WeftTensors

/// Where a network's weights come from: names are the paths that diffusers and transformers give them.
package protocol WeightSource: Sendable {
  /// The file, for messages.
  var path: String { get }

  /// The shape of a tensor, or nil when it is not there.
  func shape(_ name: String) -> Shape?

  /// Writes a tensor's values as float32, row after row.
  ///
  /// - Parameters:
  ///   - name: a tensor that has a shape.
  ///   - target: as many bytes as the values take.
  /// - Throws: when the file cannot be read.
  func read(_ name: String, into target: ByteSlice) throws

  /// Writes the values of a layer's weight without what `branches` computes beside it.
  func readBesideBranches(_ name: String, into target: ByteSlice) throws

  /// The same weight in the form in which its file has it, which is kept in memory; nil when it cannot be or is not to be.
  ///
  /// - Parameters:
  ///   - name: a tensor that has a shape.
  ///   - byteCount: what it must take less than to be worth it.
  /// - Returns: the weight, whose values are those of `readBesideBranches`.
  /// - Throws: when the file cannot be read, or values are not finite.
  func stored(_ name: String, under byteCount: Int) throws -> (any StoredWeight)?

  /// What `stored` would take, in bytes; nil where it gives nothing.
  func storedByteCount(_ name: String) -> Int?

  /// What adapters compute beside a module's weight, in order; nothing for most sources.
  func branches(of module: String) throws -> [WeightBranch]
}

extension WeightSource {
  package func readBesideBranches(_ name: String, into target: ByteSlice) throws {
    try read(name, into: target)
  }
  package func stored(_ name: String, under byteCount: Int) throws -> (any StoredWeight)? { nil }
  package func storedByteCount(_ name: String) -> Int? { nil }
  package func branches(of module: String) throws -> [WeightBranch] { [] }
}

/// What an adapter adds to a layer's output, as values of float32.
package enum WeightBranch: Sendable {
  /// `scale · up · (down · x)`: down is `[rank, inputs, ...]` of the layer's own kernel, up `[outputs, rank]`.
  case lowRank(down: LooseTensor, up: LooseTensor, scale: Float)
  /// A layer of the same shape.
  case full(LooseTensor)
}

/// Values of float32 with a shape, before a backend takes them.
package struct LooseTensor: Sendable {
  /// The dimensions, outermost first.
  package let shape: Shape
  /// The values, row after row.
  package let buffer: ByteBuffer

  /// Makes a tensor of exactly the buffer's values.
  package init(shape: Shape, buffer: ByteBuffer) {
    (self.shape, self.buffer) = (shape, buffer)
  }
}
