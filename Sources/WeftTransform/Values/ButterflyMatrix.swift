package import WeftFiles
import WeftKernels
import WeftTensors

/// A weight whose rows go through rotations of a butterfly, one stage after the other, and are then scaled.
///
/// Stage i splits the rows into groups of 2ⁱ · b, each into two halves, takes b / 2 neighbouring rows of either half, one
/// from each in turn, and multiplies them by a block `M = I + m (R − I)` of b × b.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/functional/boft.py (_diff_weight)
package struct ButterflyMatrix: MatrixFormula {
  /// The weight.
  package let weight: any MatrixFormula
  /// The rotations of all stages, `[stages, rows / b, b, b]`.
  package let rotations: Rotations
  /// The number of stages.
  package let stages: Int
  /// The factors of the rows, or nil; they do not depend on the strength.
  package let rescale: Checkpoint.Tensor?
  /// The strength m of every stage.
  package let strength: Double

  /// The rows of the weight.
  package var rows: Int { weight.rows }
  /// The columns of the weight.
  package var columns: Int { weight.columns }
  /// The weight.
  package var operands: [any MatrixFormula] { [weight] }
  /// The rows that the last stage mixes, or the weight's own groups where those are larger.
  package var rowGrain: Int { commonGrain(span, weight.rowGrain, rows: rows) }
  /// The blocks and the factors.
  package var byteCount: Int { rotations.byteCount + 8 * rows }

  private var span: Int { rotations.size << (stages - 1) }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    ButterflyMatrix(
      weight: weight.reading(moved), rotations: rotations.reading(moved), stages: stages,
      rescale: rescale.map(moved), strength: strength)
  }

  /// Computes the blocks and orders them for rows that lie half by half.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let blocks = try rotations.values(strength: strength, workspace)
    workspace.withElements(rotations.size * rotations.size) { scratch in
      for index in 0..<rotations.count { separateHalves(index, of: blocks, scratch) }
    }
    return PreparedButterfly(
      weight: try weight.prepare(workspace), blocks: blocks, size: rotations.size,
      stages: stages, span: span, rescale: try rescale?.doubles(workspace))
  }

  /// Element [2 j + g] of either axis goes to [g · b / 2 + j].
  private func separateHalves(_ index: Int, of blocks: ByteSlice, _ scratch: ByteSlice) {
    let size = rotations.size
    let block = blocks.elements(index * size * size..<(index + 1) * size * size)
    let values = block.doubles
    func source(_ place: Int) -> Int { place % (size / 2) * 2 + place / (size / 2) }
    scratch.set(
      (0..<size * size).map { values[source($0 / size) * size + source($0 % size)] })
    block.copy(from: scratch)
  }
}

/// A butterfly whose blocks are ready; a rectangle's rows are turned in place, stage by stage.
private struct PreparedButterfly: PreparedMatrix {
  let weight: any PreparedMatrix
  /// `[stages, rows / size, size, size]`, for rows that lie half by half.
  let blocks: ByteSlice
  let size: Int
  let stages: Int
  let span: Int
  let rescale: ByteSlice?
  var rows: Int { weight.rows }
  var columns: Int { weight.columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    try readGroups(span, tile, into: target, workspace) { tile, target in
      try weight.read(tile, into: target, workspace)
      let width = max(8, Workspace.tileElementCount / tile.rows.count & ~7)
      guard width < tile.columns.count else { return try turn(tile, target, workspace) }
      // A stage passes over all rows, so that the columns are taken a few at a time, which stay in the cache.
      for first in stride(from: tile.columns.lowerBound, to: tile.columns.upperBound, by: width) {
        let part = Tile(
          rows: tile.rows, columns: first..<min(first + width, tile.columns.upperBound))
        try workspace.withElements(part.elementCount) { values in
          values.copy(from: target, of: tile, part: part)
          try turn(part, values, workspace)
          target.copy(part, of: values, within: tile)
        }
      }
    }
  }

  /// All stages on a rectangle of whole groups of rows, in place.
  private func turn(_ tile: Tile, _ values: ByteSlice, _ workspace: Workspace) throws {
    let element = size * tile.columns.count
    try workspace.withElements(2 * element) { scratch in
      for stage in 0..<stages {
        if workspace.isReference {
          try turnAgain(stage, tile, values, scratch, workspace)
        } else {
          workspace.kernels.butterfly(
            values, blocks: blocks(of: stage, tile), size: size, distance: (size / 2) << stage,
            columns: tile.columns.count, scratch: scratch)
        }
      }
    }
    if let rescale { Elementwise.scaleRows(values, by: rescale.elements(tile.rows)) }
  }

  /// The blocks of a stage for the rows of a rectangle.
  private func blocks(of stage: Int, _ tile: Tile) -> ByteSlice {
    let first = stage * (rows / size) + tile.rows.lowerBound / size
    let last = first + tile.rows.count / size
    return blocks.elements(first * size * size..<last * size * size)
  }

  /// A stage the second way: a block's rows one by one, multiplied by OpenBLAS.
  private func turnAgain(
    _ stage: Int, _ tile: Tile, _ values: ByteSlice, _ scratch: ByteSlice,
    _ workspace: Workspace
  ) throws {
    let (width, half) = (tile.columns.count, size / 2)
    let blocks = blocks(of: stage, tile)
    let gathered = scratch.elements(0..<size * width)
    let turned = scratch.elements(size * width..<2 * size * width)
    for group in 0..<tile.rows.count / size {
      // Places in pairs of halves: [group of 2ⁱ · b][row of a half][half].
      let places = (0..<size).map { row -> Int in
        let position = group * size + row % half * 2 + row / half
        let span = size << stage
        return position / span * span + position % 2 * (span / 2) + position % span / 2
      }
      for (row, place) in places.enumerated() {
        gathered.elements(row * width..<(row + 1) * width)
          .copy(from: values.elements(place * width..<(place + 1) * width))
      }
      try workspace.product(
        blocks.elements(group * size * size..<(group + 1) * size * size), gathered, into: turned,
        rows: size, inner: size, columns: width)
      for (row, place) in places.enumerated() {
        values.elements(place * width..<(place + 1) * width)
          .copy(from: turned.elements(row * width..<(row + 1) * width))
      }
    }
  }
}
