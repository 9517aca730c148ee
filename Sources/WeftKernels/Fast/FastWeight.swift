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

  /// The scales of the outputs of integers.
  private let scales: [Float]?
  /// What turns inputs into integers; nil for a layer that takes them as they are.
  let inputFactor: Float?

  /// Copies plain weights.
  convenience init(
    _ weight: Tensor, bias: Tensor?, _ type: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    let layer = Self.layer(weight.shape) { kernel in
      // In bounds: both tensors have as many values as the kernel says.
      withExtendedLifetime((weight, bias)) {
        weft_onednn_layer_create(&kernel, type, weight.start, bias?.start, Int32(threads))
      }
    }
    try self.init(weight.shape, layer, bias: bias?.floats)
  }

  /// Keeps stored weights, which are put in order whenever the layer is used after another.
  convenience init(
    stored loan: WeightLoan, bias: Tensor?, _ type: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    let layer = Self.layer(loan.weight.shape) { kernel in
      // In bounds: as many biases as outputs.
      withExtendedLifetime(bias) {
        weft_onednn_layer_create(&kernel, type, nil, bias?.start, Int32(threads))
      }
    }
    try self.init(loan.weight.shape, layer, bias: bias?.floats, loan: loan)
    loan.room.reserve(elementCount: loan.elementCount, packedByteCount: packedByteCount)
  }

  /// Copies weights of integers, `[outputs, inputs · kernel]`, of which an output's scale makes values.
  convenience init(
    integers: Tensor, shape: Shape, scales: [Float], bias: [Float]?, inputFactor: Float,
    _ target: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    let scaled = bias.map { zip($0, scales).map { $0 / $1 } }
    let layer = Self.layer(shape) { kernel in
      // In bounds: as many integers as the kernel says, and as many scales and biases as outputs.
      withExtendedLifetime(integers) {
        weft_onednn_layer_create_int8(
          &kernel, target, integers.bytes?.assumingMemoryBound(to: Int8.self), scales, scaled,
          Int32(threads))
      }
    }
    try self.init(shape, layer, bias: bias, scales: scales, inputFactor: inputFactor)
  }

  private init(
    _ shape: Shape, _ layer: OpaquePointer?, bias: [Float]?, scales: [Float]? = nil,
    inputFactor: Float? = nil, loan: WeightLoan? = nil
  ) throws(OneDNNError) {
    guard let layer else { throw OneDNNError(operation: "a weight of \(shape)", answer: 1) }
    (self.shape, self.layer, self.loan) = (shape, layer, loan)
    (self.scales, self.inputFactor) = (scales, inputFactor)
    self.bias = bias ?? [Float](repeating: 0, count: shape.dimensions[0])
    precondition(self.bias.count == shape.dimensions[0])
  }

  /// Calls `make` with the sizes of a weight.
  private static func layer(
    _ shape: Shape, _ make: (inout weft_onednn_kernel) -> OpaquePointer?
  ) -> OpaquePointer? {
    let size = shape.dimensions.map(Int64.init)
    precondition(size.count == 2 || size.count == 4)
    var kernel = weft_onednn_kernel()
    (kernel.outputs, kernel.inputs) = (size[0], size[1])
    if size.count == 4 { (kernel.height, kernel.width) = (size[2], size[3]) }
    return make(&kernel)
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
    let bias = scales.map { zip(bias, $0).map { $0 / $1 } } ?? bias
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
