package import WeftKernels
import WeftTensors

extension VAEDecoder {
  /// Decodes tile by tile what is larger than a tile, and goes over from each tile to the next.
  ///
  /// It takes the memory of one tile, but norms and attention see that tile alone: the picture is not quite that of the
  /// whole. An observer sees the modules once for each tile.
  package func tiled(_ latent: Tensor, _ grid: TileGrid, _ pass: Pass) throws -> Tensor {
    try latent.requirePicture("the latent")
    return try TileGrid.Scaled(grid, input: 1, output: factor).run(latent) {
      try pass.backend.plain(try self($0, pass))
    }
  }
}

extension VAEEncoder {
  /// Encodes tile by tile what is larger than a tile, and goes over from each tile to the next, as the decoder does.
  package func tiled(
    _ image: Tensor, _ grid: TileGrid, _ pass: Pass
  ) throws -> LatentDistribution {
    try image.requireMultiple(of: factor, "the image")
    return LatentDistribution(
      moments: try TileGrid.Scaled(grid, input: factor, output: 1).run(image) {
        try pass.backend.plain(try self($0, pass).moments)
      })
  }
}

extension TileGrid.Scaled {
  /// Runs a network over all tiles.
  ///
  /// Each tile is mixed with the one above it first, then with the one to its left, both as they were mixed themselves.
  fileprivate func run(_ x: Tensor, _ network: (Tensor) throws -> Tensor) throws -> Tensor {
    guard x[2] > side || x[3] > side else { return try network(x) }
    let whole = Planes(x)
    var rows: [[Planes]] = []
    for top in Swift.stride(from: 0, to: x[2], by: stride) {
      var row: [Planes] = []
      for left in Swift.stride(from: 0, to: x[3], by: stride) {
        let part = whole.tile(top: top, left: left, side: side)
        var tile = Planes(try network(part.tensor(pictures: x[0])))
        if let above = rows.last?[row.count] { tile.blend(below: above, blend) }
        if let before = row.last { tile.blend(after: before, blend) }
        row.append(tile)
      }
      rows.append(row)
    }
    return Planes(tiles: rows, kept: kept).tensor(pictures: x[0])
  }
}
