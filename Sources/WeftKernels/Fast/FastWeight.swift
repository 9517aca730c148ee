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

  /// Copies plain weights.
  init(
    _ weight: Tensor, bias: Tensor?, _ type: weft_onednn_type, threads: Int
  ) throws(OneDNNError) {
    shape = weight.shape
    let size = weight.shape.dimensions.map(Int64.init)
    precondition(size.count == 2 || size.count == 4)
    precondition(bias.map { $0.elementCount == weight[0] } ?? true)
    var kernel = weft_onednn_kernel()
    (kernel.outputs, kernel.inputs) = (size[0], size[1])
    if size.count == 4 { (kernel.height, kernel.width) = (size[2], size[3]) }
    // In bounds: both tensors have as many values as the kernel says.
    let layer = withExtendedLifetime((weight, bias)) {
      weft_onednn_layer_create(&kernel, type, weight.start, bias?.start, Int32(threads))
    }
    guard let layer else {
      throw OneDNNError(operation: "a weight of \(weight.shape)", answer: 1)
    }
    self.layer = layer
    self.bias = bias?.floats ?? [Float](repeating: 0, count: weight[0])
  }

  deinit { weft_onednn_layer_destroy(layer) }

  var byteCount: Int { weft_onednn_layer_byte_count(layer) }

  /// Computes the layer; the caller keeps what the call points to alive and has compared its sizes.
  func run(_ call: inout weft_onednn_call) throws(OneDNNError) {
    let status = lock.withLock { _ in weft_onednn_layer_run(layer, &call) }
    try OneDNN.check(status, "a layer of \(shape)")
  }

  /// Computes the layer with another bias than its own, `[outputs]`.
  func run(_ call: inout weft_onednn_call, bias: [Float]) throws(OneDNNError) {
    precondition(bias.count == self.bias.count)
    let status = bias.withUnsafeBufferPointer { bias in
      call.bias = bias.baseAddress
      return lock.withLock { _ in weft_onednn_layer_run(layer, &call) }
    }
    try OneDNN.check(status, "a layer of \(shape)")
  }
}
