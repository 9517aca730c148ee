import CKernels
import WeftTensors

extension FastBackend {
  /// The sums of blocks of pixels, then the factors of the channels, then one pass that applies them.
  package func groupNorm(
    _ x: consuming Tensor, _ norm: NormParameters, groups: Int, _ activation: Activation?
  ) throws -> Tensor {
    precondition(x.shape.rank == 4 && groups > 0 && x[1] % groups == 0)
    precondition(norm.weight.elementCount == x[1] && norm.bias.elementCount == x[1])
    x = try own(x)
    let target = room(for: &x)
    let source = x
    guard source.elementCount > 0 else { return target }
    let blocks = PixelBlocks(source)
    let sums = try sums(of: source, blocks, groups: groups)
    let factors = try factors(of: sums, source, blocks, norm, groups: groups)
    let bias = try plain(norm.bias)
    try each(blocks.count) { [elements] _, item in
      let (picture, offset, rows) = blocks.block(item)
      var columns = weft_column_norm()
      columns.means = UnsafePointer(factors.start(at: 2 * picture * source[1]))
      columns.factors = UnsafePointer(factors.start(at: (2 * picture + 1) * source[1]))
      columns.addends = UnsafePointer(bias.start)
      // In bounds: the block is within both tensors, and each picture has a mean and a factor for every channel.
      withExtendedLifetime((source, factors, bias)) {
        elements.table.pointee.normalize(
          source.bytes(at: offset), weft_rows(rows, source[1], of: source), &columns,
          activation.raw, target.bytes(at: offset))
      }
    }
    return target
  }

  /// The sum and the sum of squares of each block's groups: `[N, blocks, groups, 2]`.
  private func sums(of x: Tensor, _ blocks: PixelBlocks, groups: Int) throws -> Tensor {
    let sums = doubles(blocks.count * groups * 2)
    let scratch = (0..<threads).map { _ in doubles(2 * x[1]) }
    try each(blocks.count) { [elements] worker, item in
      let (_, offset, rows) = blocks.block(item)
      // In bounds: the block is within the picture, and each has room for its groups.
      withExtendedLifetime((x, sums, scratch)) {
        elements.table.pointee.group_sums(
          x.bytes(at: offset), weft_rows(rows, x[1], of: x), groups,
          scratch[worker].doubles(at: 0), sums.doubles(at: item * groups * 2))
      }
    }
    return sums
  }

  /// The means that are subtracted from the channels of each picture, and their factors: `[N, 2, C]`.
  private func factors(
    of sums: Tensor, _ x: Tensor, _ blocks: PixelBlocks, _ norm: NormParameters, groups: Int
  ) throws -> Tensor {
    let result = pool.tensor([x[0], 2, x[1]])
    let weight = try plain(norm.weight)
    for picture in 0..<x[0] {
      // In bounds: each picture has as many blocks, and a mean and a factor for every channel.
      withExtendedLifetime((sums, weight)) {
        weft_group_factors(
          sums.doubles(at: picture * blocks.each * groups * 2), blocks.each, groups, x[1],
          x[1] / groups * x[2] * x[3], weight.start, norm.epsilon,
          result.start(at: 2 * picture * x[1]), result.start(at: (2 * picture + 1) * x[1]))
      }
    }
    return result
  }

  /// Each row by itself.
  package func layerNorm(_ x: consuming Tensor, _ norm: NormParameters) throws -> Tensor {
    x = try rows(x)
    let target = room(for: &x)
    let source = x
    let (count, columns) = lastAxis(source)
    precondition(norm.weight.elementCount == columns && norm.bias.elementCount == columns)
    let (weight, bias) = (try plain(norm.weight), try plain(norm.bias))
    try inRows(of: count, columns: columns) { [elements] rows in
      let offset = rows.lowerBound * columns
      // In bounds: the rows are those of both tensors.
      withExtendedLifetime((source, weight, bias)) {
        elements.table.pointee.normalize_rows(
          source.bytes(at: offset), weft_rows(rows.count, columns, of: source), weight.start,
          bias.start, norm.epsilon, target.bytes(at: offset))
      }
    }
    return target
  }
}

/// The blocks of a picture's pixels that a thread takes at a time; they depend on the shape alone, and so do the sums.
private struct PixelBlocks {
  private let channels: Int, pixels: Int
  /// The pixels of a block.
  private let size: Int
  /// The blocks of one picture.
  let each: Int
  /// The blocks of all pictures.
  let count: Int

  init(_ x: Tensor) {
    (channels, pixels) = (x[1], x[2] * x[3])
    // The kernels take eight pixels at a time.
    size = max(1, FastBackend.run / x[1] / 8) * 8
    each = (pixels + size - 1) / size
    count = x[0] * each
  }

  /// A block's picture, its first element and its pixels.
  func block(_ item: Int) -> (picture: Int, offset: Int, rows: Int) {
    let (picture, pixel) = (item / each, item % each * size)
    return (picture, (picture * pixels + pixel) * channels, min(size, pixels - pixel))
  }
}
