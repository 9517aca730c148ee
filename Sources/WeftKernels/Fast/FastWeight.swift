import COneDNN
import Synchronization
import WeftTensors

/// A layer's weights in the order in which oneDNN computes with them.
final class FastWeight: PreparedWeight, @unchecked Sendable {
  let shape: Shape
  /// What is added to each output, `[outputs]`.
  let bias: [Float]
  private let layer: OpaquePointer
  /// A layer makes its operations when they are first used: one call at a time.
  private let lock = Mutex(())

  /// Where the weights come from for a time; nil where they are the layer's own.
  private let loan: WeightLoan?

  /// Copies plain weights.
  convenience init(
    _ weight: Tensor, bias: Tensor?, _ type: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    try self.init(weight.shape, weight, bias: bias, type, threads: threads, loan: nil)
  }

  /// Keeps stored weights, which are put in order whenever the layer is used after another.
  convenience init(
    stored loan: WeightLoan, bias: Tensor?, _ type: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    try self.init(loan.weight.shape, nil, bias: bias, type, threads: threads, loan: loan)
    loan.room.reserve(
      elementCount: loan.elementCount, packedByteCount: weft_onednn_layer_byte_count(layer))
  }

  private init(
    _ shape: Shape, _ weight: Tensor?, bias: Tensor?, _ type: weft_onednn_type, threads: Int,
    loan: WeightLoan?
  ) throws(OneDNNError) {
    (self.shape, self.loan) = (shape, loan)
    let size = shape.dimensions.map(Int64.init)
    precondition(size.count == 2 || size.count == 4)
    precondition(bias.map { $0.elementCount == shape.dimensions[0] } ?? true)
    var kernel = weft_onednn_kernel()
    (kernel.outputs, kernel.inputs) = (size[0], size[1])
    if size.count == 4 { (kernel.height, kernel.width) = (size[2], size[3]) }
    // In bounds: both tensors have as many values as the kernel says.
    let layer = withExtendedLifetime((weight, bias)) {
      weft_onednn_layer_create(&kernel, type, weight?.start, bias?.start, Int32(threads))
    }
    guard let layer else { throw OneDNNError(operation: "a weight of \(shape)", answer: 1) }
    self.layer = layer
    self.bias = bias?.floats ?? [Float](repeating: 0, count: shape.dimensions[0])
  }

  deinit { weft_onednn_layer_destroy(layer) }

  var byteCount: Int { loan?.weight.byteCount ?? weft_onednn_layer_byte_count(layer) }

  /// Computes the layer; the caller keeps what the call points to alive and has compared its sizes.
  func run(_ call: inout weft_onednn_call) throws {
    try lock.withLock { _ in
      let status = try filled { weft_onednn_layer_run(layer, &call) }
      try OneDNN.check(status, "a layer of \(shape)")
    }
  }

  /// Computes the layer with another bias than its own, `[outputs]`.
  func run(_ call: inout weft_onednn_call, bias: [Float]) throws {
    precondition(bias.count == self.bias.count)
    try bias.withUnsafeBufferPointer { bias in
      call.bias = bias.baseAddress
      try run(&call)
    }
  }

  /// Calls `body` while the layer has its weights.
  private func filled(_ body: () -> Int32) throws -> Int32 {
    guard let loan else { return body() }
    return try loan.room.lent(to: self, fill: fill, body)
  }

  /// Puts the stored weights in order in a room's memory.
  private func fill(_ values: ByteBuffer, _ packed: ByteBuffer) throws {
    guard let loan else { return }
    try loan.write(into: values[0..<loan.elementCount * loan.element.byteCount])
    precondition(packed.byteCount >= weft_onednn_layer_byte_count(layer))
    // In bounds: as many values as the kernel has, and room for their copy, which was compared above.
    let status = withExtendedLifetime((values, packed)) {
      weft_onednn_layer_fill(
        layer, loan.element.oneDNN, values.all.start, packed.all.start, Int32(loan.threads))
    }
    try OneDNN.check(status, "a weight of \(shape)")
  }

  /// Takes the weights back, which lie in memory that others use from now on.
  func empty() { weft_onednn_layer_empty(layer) }

  /// The memory that the weights take when they are in order.
  var packedByteCount: Int { weft_onednn_layer_byte_count(layer) }
}
