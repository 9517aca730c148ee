import CKernels
import WeftTensors

extension ReferenceBackend {
  /// The rows and columns of a product's tiles.
  private static let tile = (rows: 512, columns: 640)

  /// A product in tiles, each finished while it is in the cache.
  package func linear(
    _ x: Tensor, _ weight: any PreparedWeight, _ epilogue: Epilogue
  ) throws -> Tensor {
    let own = try own(weight)
    let (outputs, inputs) = (own.weight[0], own.weight.elementCount / own.weight[0])
    precondition(x.shape.dimensions.last == inputs && epilogue.channelBias == nil)
    let result = pool.tensor(Shape(x.shape.dimensions.dropLast() + [outputs]))
    precondition(epilogue.residual.map { $0.shape == result.shape } ?? true)
    try inTiles(rows: x.elementCount / max(inputs, 1), columns: outputs) {
      [kernels] rows, columns in
      let offset = rows.lowerBound * outputs + columns.lowerBound
      var layer = weft_layer()
      (layer.product.m, layer.product.n, layer.product.k) = (rows.count, columns.count, inputs)
      (layer.product.a_stride, layer.product.b_stride) = (inputs, inputs)
      layer.product.c_stride = outputs
      (layer.product.transpose_b, layer.product.alpha) = (true, 1)
      layer.product.a = UnsafeRawPointer(x.start(at: rows.lowerBound * inputs))
      layer.product.b = UnsafeRawPointer(own.weight.start(at: columns.lowerBound * inputs))
      layer.product.c = UnsafeMutableRawPointer(result.start(at: offset))
      layer.column_bias = own.bias.flatMap { UnsafePointer($0.start(at: columns.lowerBound)) }
      layer.after = weft_epilogue(epilogue, addend: 0, residual: offset)
      // In bounds: the tile lies within the shapes that were compared above.
      withExtendedLifetime((x, own, epilogue)) { weft_layer_tile(kernels.table, &layer) }
    }
    return result
  }

  /// A product for each of the outer dimensions, in tiles.
  package func matmul(_ a: Tensor, _ b: Tensor, transposesSecond: Bool) throws -> Tensor {
    let (left, right) = (a.shape.dimensions, b.shape.dimensions)
    let rank = left.count
    precondition(rank >= 2 && right.count == rank && left.dropLast(2) == right.dropLast(2))
    let (rows, inner) = (left[rank - 2], left[rank - 1])
    let columns = transposesSecond ? right[rank - 2] : right[rank - 1]
    precondition(inner == (transposesSecond ? right[rank - 1] : right[rank - 2]))
    let result = pool.tensor(Shape(left.dropLast() + [columns]))
    for matrix in 0..<left.dropLast(2).reduce(1, *) {
      try inTiles(rows: rows, columns: columns) { part, across in
        var call = weft_gemm_call()
        (call.m, call.n, call.k, call.alpha) = (part.count, across.count, inner, 1)
        call.transpose_b = transposesSecond
        call.a = UnsafeRawPointer(a.start(at: (matrix * rows + part.lowerBound) * inner))
        call.a_stride = max(inner, 1)
        let skipped = across.lowerBound * (transposesSecond ? inner : 1)
        call.b = UnsafeRawPointer(b.start(at: matrix * inner * columns + skipped))
        call.b_stride = max(1, transposesSecond ? inner : columns)
        call.c = UnsafeMutableRawPointer(
          result.start(at: (matrix * rows + part.lowerBound) * columns + across.lowerBound))
        call.c_stride = columns
        // In bounds: the tile lies within the shapes that were compared above.
        withExtendedLifetime((a, b, result)) { weft_lapack_gemm(&call) }
      }
    }
    return result
  }

  /// Calls `body` with the tiles of a matrix, on all threads.
  private func inTiles(
    rows: Int, columns: Int, _ body: @Sendable (Range<Int>, Range<Int>) -> Void
  ) throws {
    let (height, width) = Self.tile
    let across = (columns + width - 1) / width
    let down = (rows + height - 1) / height
    try Parallel.run(threads: threads, count: down * across) { _, item in
      let (row, column) = (item / across * height, item % across * width)
      body(row..<min(rows, row + height), column..<min(columns, column + width))
    }
  }
}
