import WeftFiles
import WeftKernels
import WeftTensors

extension StoredBlock {
  /// Reads a tile's elements, row by row, into the front of a buffer and gives them.
  ///
  /// - Parameters:
  ///   - tile: the rectangle, in the orientation of the output.
  ///   - buffer: takes the elements.
  ///   - scratch: takes the columns of a stored transpose before they are turned.
  /// - Returns: the elements, `[tile.rows, tile.columns]`.
  /// - Throws: when the file cannot be read.
  func read(_ tile: Tile, into buffer: ByteSlice, scratch: ByteSlice) throws -> ByteSlice {
    let width = dtype.byteWidth ?? 1
    let target = buffer[0..<tile.elementCount * width]
    guard isTransposed else {
      try readRows(of: tile, into: target, width: width)
      return target
    }
    let stored = scratch[0..<target.byteCount]  // [tile.columns, tile.rows]
    let stripe = tile.rows.count * width
    for (index, column) in tile.columns.enumerated() {
      let first = elementOffset + column * rows + tile.rows.lowerBound
      try tensor.read(at: first * width, into: stored[index * stripe..<(index + 1) * stripe])
    }
    transpose(
      stored, rows: tile.columns.count, columns: tile.rows.count, elementWidth: width,
      into: target)  // [tile.rows, tile.columns]
    return target
  }

  /// Whole rows lie side by side; parts of several are read one after the other.
  private func readRows(of tile: Tile, into target: ByteSlice, width: Int) throws {
    let isSolid = tile.rows.count == 1 || tile.columns.count == columns
    let stripes = isSolid ? 1 : tile.rows.count
    let stripe = target.byteCount / max(1, stripes)
    for index in 0..<stripes {
      let row = tile.rows.lowerBound + index
      let first = elementOffset + row * columns + tile.columns.lowerBound
      try tensor.read(at: first * width, into: target[index * stripe..<(index + 1) * stripe])
    }
  }
}
