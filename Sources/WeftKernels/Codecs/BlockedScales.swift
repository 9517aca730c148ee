package import WeftTensors

/// The order in which NVFP4 and MXFP8 keep the scales of a matrix: tiles of 128 rows by 4 blocks, 32 rows interleaved.
///
/// Rows and blocks are padded with zeros to whole tiles, which lie row by row.
/// Source: https://docs.nvidia.com/cuda/cublas/index.html#d-block-scaling-factors-layout
package struct BlockedScales: Sendable, Hashable {
  /// The rows that are kept, a multiple of 128.
  package let rows: Int
  /// The blocks of a row that are kept, a multiple of 4.
  package let columns: Int

  /// The places of the scales of a matrix of so many rows, each of so many blocks.
  package init(rows: Int, blocksPerRow: Int) {
    self.rows = (rows + 127) / 128 * 128
    columns = (blocksPerRow + 3) / 4 * 4
  }

  /// The place of a block's scale among the bytes.
  package func index(row: Int, block: Int) -> Int {
    let tile = row / 128 * (columns / 4) + block / 4
    return tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + block % 4
  }

  /// Puts the scales `[rows, blocks]` of some rows at their places among the bytes of the whole.
  ///
  /// - Parameters:
  ///   - codes: the bytes of whole rows.
  ///   - firstRow: the row of the first.
  ///   - blocksPerRow: how many each row has.
  ///   - blocked: the bytes of all rows.
  package func scatter(
    _ codes: ByteSlice, firstRow: Int, blocksPerRow: Int, into blocked: ByteSlice
  ) {
    move(codes, firstRow, blocksPerRow, blocked) { plain, tiled in tiled = plain }
  }

  /// Takes the scales `[rows, blocks]` of some rows from their places; the parameters are those of `scatter`.
  package func gather(
    _ blocked: ByteSlice, firstRow: Int, blocksPerRow: Int, into codes: ByteSlice
  ) {
    move(codes, firstRow, blocksPerRow, blocked) { plain, tiled in plain = tiled }
  }

  /// Calls a body with the two places of every scale.
  private func move(
    _ codes: ByteSlice, _ firstRow: Int, _ blocksPerRow: Int, _ blocked: ByteSlice,
    _ body: (_ plain: inout UInt8, _ tiled: inout UInt8) -> Void
  ) {
    guard codes.byteCount > 0 else { return }
    let rowCount = codes.byteCount / blocksPerRow
    precondition(codes.byteCount == rowCount * blocksPerRow && blocksPerRow <= columns)
    precondition(firstRow >= 0 && firstRow + rowCount <= rows)
    precondition(blocked.byteCount == rows * columns)
    withExtendedLifetime((codes, blocked)) {
      let (plain, tiled) = (codes.memory, blocked.memory)
      for row in 0..<rowCount {
        for block in 0..<blocksPerRow {
          // In bounds: checked by the pointers themselves in debug builds, and above.
          body(&plain[row * blocksPerRow + block], &tiled[index(row: firstRow + row, block: block)])
        }
      }
    }
  }
}
