import COneDNN
import WeftTensors

extension FastBackend {
  /// One convolution for all pictures, or one for each where their channels' biases differ.
  package func convolve(
    _ x: Tensor, _ weight: any PreparedWeight, _ geometry: ConvolutionGeometry,
    _ epilogue: Epilogue
  ) throws -> Tensor {
    let weight = own(weight)
    let x = try input(x, to: weight)
    let kernel = weight.shape.dimensions
    precondition(x.shape.rank == 4 && kernel.count == 4 && x[1] == kernel[1])
    let size = geometry.output(height: x[2], width: x[3], kernel: (kernel[2], kernel[3]))
    let (height, width) = size ?? (0, 0)
    precondition(height > 0 && width > 0)
    let result = room([x[0], kernel[0], height, width])  // [N, outputs, H', W']
    var call = weft_onednn_call(x, geometry)
    let biases = try epilogue.channelBias.map { try self.biases(weight, $0, pictures: x[0]) }
    try finish(result, epilogue, &call) { call in
      (call.source, call.target) = (UnsafeRawPointer(x.bytes), result.bytes)
      // In bounds: the sizes were compared above.
      try withExtendedLifetime(x) {
        guard let biases else { return try weight.run(&call) }
        call.pictures /= Int64(biases.count)
        for (part, bias) in biases.enumerated() {
          let first = part * Int(call.pictures)
          call.source = UnsafeRawPointer(x.bytes(at: first * x.elementCount / x[0]))
          call.target = result.bytes(at: first * result.elementCount / x[0])
          try weight.run(&call, bias: bias)
        }
      }
    }
    return result
  }

  /// The biases of layer and channels: one for all pictures when they are equal, as they are for one timestep.
  private func biases(
    _ weight: FastWeight, _ channels: Tensor, pictures: Int
  ) throws -> [[Float]] {
    let count = weight.bias.count
    precondition(channels.elementCount == pictures * count)
    let values = try plain(channels).floats
    let rows = (0..<pictures).map { Array(values[$0 * count..<($0 + 1) * count]) }
    let different = rows.allSatisfy { $0 == rows[0] } ? [rows[0]] : rows
    return different.map { zip(weight.bias, $0).map(+) }
  }
}

extension weft_onednn_call {
  /// A convolution of pictures.
  fileprivate init(_ x: Tensor, _ geometry: ConvolutionGeometry) {
    self.init()
    (pictures, height, width) = (Int64(x[0]), Int64(x[2]), Int64(x[3]))
    stride = Int64(geometry.stride)
    (top, left) = (Int64(geometry.padding.top), Int64(geometry.padding.left))
    (bottom, right) = (Int64(geometry.padding.bottom), Int64(geometry.padding.right))
  }
}
