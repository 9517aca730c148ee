import WeftKernels
import WeftTensors

/// The planes of a picture while tiles are cut out and put together: `[N · C, H, W]`.
struct Planes {
  let count, height, width: Int
  private(set) var values: [Float]

  /// Black planes.
  init(count: Int, height: Int, width: Int) {
    (self.count, self.height, self.width) = (count, height, width)
    values = [Float](repeating: 0, count: count * height * width)
  }

  /// The planes of `[N, C, H, W]`.
  init(_ picture: Tensor) {
    (count, height, width) = (picture[0] * picture[1], picture[2], picture[3])
    values = picture.floats
  }

  /// The planes as `[N, C, H, W]`.
  func tensor(pictures: Int) -> Tensor {
    Tensor([pictures, count / pictures, height, width], values)
  }

  /// A part, no larger than `side` in both directions.
  func tile(top: Int, left: Int, side: Int) -> Planes {
    var tile = Planes(
      count: count, height: min(side, height - top), width: min(side, width - left))
    for plane in 0..<count {
      for y in 0..<tile.height {
        let start = index(plane, top + y, left)
        let target = tile.index(plane, y, 0)
        tile.values.replaceSubrange(
          target..<target + tile.width, with: values[start..<start + tile.width])
      }
    }
    return tile
  }

  /// Puts tiles together, of each no more than its first `kept` rows and columns.
  init(tiles rows: [[Planes]], kept: Int) {
    self.init(
      count: rows.first?.first?.count ?? 0,
      height: rows.reduce(0) { $0 + min(kept, $1.first?.height ?? 0) },
      width: rows.first?.reduce(0) { $0 + min(kept, $1.width) } ?? 0)
    for (row, tiles) in rows.enumerated() {
      for (column, tile) in tiles.enumerated() {
        put(tile, top: row * kept, left: column * kept, kept: kept)
      }
    }
  }

  private mutating func put(_ tile: Planes, top: Int, left: Int, kept: Int) {
    let columns = min(kept, tile.width)
    for plane in 0..<count {
      for y in 0..<min(kept, tile.height) {
        let source = tile.index(plane, y, 0)
        let target = index(plane, top + y, left)
        values.replaceSubrange(
          target..<target + columns, with: tile.values[source..<source + columns])
      }
    }
  }

  /// Goes over from the last rows of the tile above to the own first ones.
  mutating func blend(below upper: Planes, _ extent: Int) {
    let extent = min(upper.height, height, extent)
    for y in 0..<extent {
      let (old, new) = Self.weights(y, extent)
      for plane in 0..<count {
        for x in 0..<width {
          let above = upper.values[upper.index(plane, upper.height - extent + y, x)]
          values[index(plane, y, x)] = above * old + values[index(plane, y, x)] * new
        }
      }
    }
  }

  /// Goes over from the last columns of the tile to the left to the own first ones.
  mutating func blend(after left: Planes, _ extent: Int) {
    let extent = min(left.width, width, extent)
    for x in 0..<extent {
      let (old, new) = Self.weights(x, extent)
      for plane in 0..<count {
        for y in 0..<height {
          let before = left.values[left.index(plane, y, left.width - extent + x)]
          values[index(plane, y, x)] = before * old + values[index(plane, y, x)] * new
        }
      }
    }
  }

  private static func weights(_ place: Int, _ extent: Int) -> (old: Float, new: Float) {
    let part = Double(place) / Double(extent)
    return (Float(1 - part), Float(part))
  }

  private func index(_ plane: Int, _ y: Int, _ x: Int) -> Int {
    (plane * height + y) * width + x
  }
}
