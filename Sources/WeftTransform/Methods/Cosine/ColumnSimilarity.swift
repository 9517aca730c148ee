import WeftKernels
import WeftTensors

/// How alike two matrices are, column by column, and as a whole.
struct ColumnSimilarity: Sendable {
  /// The cosine of each column's angle, or of the whole vector's; 0 where one of the two is zero.
  let cosines: [Double]
  /// The cosine of the angle between all elements.
  let whole: Double
  /// The same when each column has been made of length one before.
  let wholeOfDirections: Double

  /// Reads both matrices once; of a vector, whose one row is its first dimension, there is one cosine.
  init(
    _ a: any PreparedMatrix, _ b: any PreparedMatrix, tiles: [Tile], isVector: Bool,
    _ workspace: Workspace
  ) throws {
    let sums = ColumnSums(count: a.columns)
    for tile in tiles {
      try workspace.reading(tile, of: [a, b]) { sums.add($0[0], $0[1], tile, workspace) }
    }
    let (ab, aa, bb) = (sums.ab.all.doubles, sums.aa.all.doubles, sums.bb.all.doubles)
    let total = (ab.reduce(0, +), aa.reduce(0, +), bb.reduce(0, +))
    whole = Self.cosine(total.0, total.1, total.2)
    cosines = isVector ? [whole] : ab.indices.map { Self.cosine(ab[$0], aa[$0], bb[$0]) }
    let (lengthA, lengthB) = isVector ? (1, 1) : (aa.count { $0 > 0 }, bb.count { $0 > 0 })
    wholeOfDirections = Self.cosine(
      cosines.reduce(0, +), Double(lengthA), Double(lengthB))
  }

  private static func cosine(_ ab: Double, _ aa: Double, _ bb: Double) -> Double {
    let lengths = aa.squareRoot() * bb.squareRoot()
    return lengths > 0 ? ab / lengths : 0
  }
}

/// The sums of products of two matrices' columns.
private struct ColumnSums {
  let ab: ByteBuffer
  let aa: ByteBuffer
  let bb: ByteBuffer

  init(count: Int) {
    (ab, aa, bb) = (Self.zeros(count), Self.zeros(count), Self.zeros(count))
  }

  private static func zeros(_ count: Int) -> ByteBuffer { ByteBuffer(byteCount: count * 8) }

  func add(_ a: ByteSlice, _ b: ByteSlice, _ tile: Tile, _ workspace: Workspace) {
    let part = tile.columns.lowerBound * 8..<tile.columns.upperBound * 8
    workspace.kernels.merging.addColumnDots(
      a, b, rows: tile.rows.count, ab: ab[part], aa: aa[part], bb: bb[part])
  }
}
