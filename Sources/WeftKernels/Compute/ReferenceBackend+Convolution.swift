import CKernels
import WeftTensors

extension ReferenceBackend {
  /// Convolution as products of the weight with what the kernel sees, some pixels at a time.
  package func convolve(
    _ x: Tensor, _ weight: any PreparedWeight, _ geometry: ConvolutionGeometry,
    _ epilogue: Epilogue
  ) throws -> Tensor {
    let convolution = Convolution(x, own(weight), geometry, epilogue)
    let result = pool.tensor(convolution.outputShape)
    let (pixels, rows) = (convolution.pixelTile, convolution.rowTile)
    let across = (convolution.pixels + pixels - 1) / pixels
    let down = (convolution.outputs + rows - 1) / rows
    let items = x[0] * across * down
    let scratch = scratch(convolution.isPlain ? 0 : convolution.depth * pixels, items: items)
    try Parallel.run(threads: threads, count: items) { worker, item in
      let (picture, tile) = (item / (across * down), item % (across * down))
      let (first, row) = (tile / down * pixels, tile % down * rows)
      convolution.run(
        kernels, picture: picture, pixels: first..<min(convolution.pixels, first + pixels),
        rows: row..<min(convolution.outputs, row + rows), scratch: scratch[worker], into: result)
    }
    return result
  }
}

/// One convolution and how it is divided.
private struct Convolution: Sendable {
  let x: Tensor
  let weight: ReferenceWeight
  let geometry: ConvolutionGeometry
  let epilogue: Epilogue
  /// The size of the output's pictures.
  let height: Int, width: Int

  init(
    _ x: Tensor, _ weight: ReferenceWeight, _ geometry: ConvolutionGeometry, _ epilogue: Epilogue
  ) {
    precondition(x.shape.rank == 4 && weight.shape.rank == 4 && x[1] == weight.shape.dimensions[1])
    (self.x, self.weight, self.geometry, self.epilogue) = (x, weight, geometry, epilogue)
    let size = weight.shape.dimensions
    (height, width) = geometry.output(height: x[2], width: x[3], kernel: (size[2], size[3]))
    precondition(height > 0 && width > 0 && geometry.stride > 0)
    precondition(epilogue.channelBias.map { $0.elementCount == x[0] * outputs } ?? true)
    precondition(epilogue.residual.map { $0.shape == outputShape } ?? true)
  }

  var outputs: Int { weight.shape.dimensions[0] }
  var pixels: Int { height * width }
  /// The numbers that are summed up for one of the output.
  var depth: Int { weight.weight.elementCount / outputs }
  var outputShape: Shape { [x[0], outputs, height, width] }
  /// Whether the kernel sees the picture as it lies in memory.
  var isPlain: Bool { depth == x[1] && geometry == ConvolutionGeometry() }

  /// The pixels of a tile: what the kernel sees there is about 2 MiB.
  var pixelTile: Int { min(pixels, max(64, (512 << 10) / depth / 16 * 16)) }
  /// The channels of a tile, so that two threads are busy with small pictures.
  var rowTile: Int { pixels > pixelTile || x[0] > 1 ? outputs : (outputs + 1) / 2 }

  /// Computes a tile.
  func run(
    _ kernels: ComputeKernels, picture: Int, pixels tile: Range<Int>, rows: Range<Int>,
    scratch: Tensor, into result: Tensor
  ) {
    precondition(tile.upperBound <= pixels && rows.upperBound <= outputs)
    let offset = (picture * outputs + rows.lowerBound) * pixels + tile.lowerBound
    var call = weft_gemm_call()
    (call.m, call.n, call.k, call.alpha) = (rows.count, tile.count, depth, 1)
    call.a = UnsafeRawPointer(weight.weight.start(at: rows.lowerBound * depth))
    (call.a_stride, call.c_stride) = (depth, pixels)
    call.c = UnsafeMutableRawPointer(result.start(at: offset))
    let source = x.start(at: picture * x.elementCount / x[0])
    if isPlain {
      call.b = source.map { UnsafeRawPointer($0 + tile.lowerBound) }
      call.b_stride = pixels
    } else {
      precondition(scratch.elementCount >= depth * tile.count)
      var window = self.window
      // In bounds: pixels outside of the picture are not read, and the scratch was measured above.
      weft_windows(source, &window, tile.lowerBound, tile.count, scratch.start)
      call.b = UnsafeRawPointer(scratch.start)
      call.b_stride = tile.count
    }
    var after = weft_epilogue()
    after.row_bias = weight.bias.flatMap { UnsafePointer($0.start(at: rows.lowerBound)) }
    after.row_addend = epilogue.channelBias.flatMap {
      UnsafePointer($0.start(at: picture * outputs + rows.lowerBound))
    }
    after.activation = epilogue.activation.raw
    after.residual = epilogue.residual.flatMap { UnsafePointer($0.start(at: offset)) }
    // In bounds: the tile lies in the picture and the weight, whose shapes were compared.
    withExtendedLifetime((self, scratch, result)) {
      weft_lapack_gemm(&call)
      kernels.table.pointee.finish(
        result.start(at: offset),
        weft_tile(rows: rows.count, columns: tile.count, stride: pixels), &after)
    }
  }

  private var window: weft_window {
    weft_window(
      channels: x[1], height: x[2], width: x[3], kernel_height: weight.shape.dimensions[2],
      kernel_width: weight.shape.dimensions[3], stride: geometry.stride,
      top: geometry.padding.top, left: geometry.padding.left, output_width: width)
  }
}
