import CKernels
import WeftTensors

extension ReferenceBackend {
  /// Convolution as products of the weight with what the kernel sees, some pixels at a time.
  package func convolve(
    _ x: Tensor, _ weight: any PreparedWeight, _ geometry: ConvolutionGeometry,
    _ epilogue: Epilogue
  ) throws -> Tensor {
    let convolution = Convolution(x, try own(weight), geometry, epilogue)
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
    (height, width) =
      geometry.output(height: x[2], width: x[3], kernel: (size[2], size[3])) ?? (0, 0)
    precondition(height > 0 && width > 0 && weight.weight.elementCount > 0)
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

  /// The pixels of a tile, of which there are an even number where it matters: what the kernel sees there is about 8 MiB.
  var pixelTile: Int {
    let most = min(pixels, max(Self.leastPixels, Self.windowCount / depth))
    let tiles = (pixels + most - 1) / most
    guard tiles > 1 else { return pixels }
    return ((pixels + (tiles + tiles % 2) - 1) / (tiles + tiles % 2) + 15) / 16 * 16
  }
  /// The channels of a tile, fewer where a picture is one tile and threads would be idle.
  var rowTile: Int { pixels > pixelTile ? outputs : min(outputs, Self.mostRows) }

  /// The elements that the kernel sees at a tile's pixels: a product with fewer columns is slower.
  private static let windowCount = 2 << 20
  private static let leastPixels = 256
  private static let mostRows = 640

  /// Computes a tile.
  func run(
    _ kernels: ComputeKernels, picture: Int, pixels tile: Range<Int>, rows: Range<Int>,
    scratch: Tensor, into result: Tensor
  ) {
    precondition(tile.upperBound <= pixels && rows.upperBound <= outputs)
    let offset = (picture * outputs + rows.lowerBound) * pixels + tile.lowerBound
    var layer = weft_layer()
    (layer.product.m, layer.product.n, layer.product.k) = (rows.count, tile.count, depth)
    layer.product.alpha = 1
    layer.product.a = UnsafeRawPointer(weight.weight.start(at: rows.lowerBound * depth))
    (layer.product.a_stride, layer.product.c_stride) = (depth, pixels)
    layer.product.c = UnsafeMutableRawPointer(result.start(at: offset))
    layer.row_bias = weight.bias.flatMap { UnsafePointer($0.start(at: rows.lowerBound)) }
    layer.after = weft_epilogue(
      epilogue, addend: picture * outputs + rows.lowerBound, residual: offset)
    let source = x.start(at: picture * x.elementCount / x[0])
    // In bounds: the tile lies in the picture and the weight, whose shapes were compared.
    withExtendedLifetime((self, scratch, result)) {
      if isPlain {
        layer.product.b = source.map { UnsafeRawPointer($0 + tile.lowerBound) }
        layer.product.b_stride = pixels
      } else {
        precondition(scratch.elementCount >= depth * tile.count)
        var window = self.window
        weft_windows(source, &window, tile.lowerBound, tile.count, scratch.start)
        layer.product.b = UnsafeRawPointer(scratch.start)
        layer.product.b_stride = tile.count
      }
      weft_layer_tile(kernels.table, &layer)
    }
  }

  private var window: weft_window {
    weft_window(
      channels: x[1], height: x[2], width: x[3], kernel_height: weight.shape.dimensions[2],
      kernel_width: weight.shape.dimensions[3], stride: geometry.stride,
      top: geometry.padding.top, left: geometry.padding.left, output_width: width)
  }
}
