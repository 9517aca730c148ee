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
      let element = size * tile.columns.count
      try workspace.withElements(element) { gathered in
        try workspace.withElements(element) { turned in
          for stage in 0..<stages {
            try turn(stage, tile, target, gathered, turned, workspace)
          }
        }
      }
      if let rescale { Elementwise.scaleRows(target, by: rescale.elements(tile.rows)) }
    }
  }

  /// Multiplies all rows of a rectangle by the blocks of a stage.
  private func turn(
    _ stage: Int, _ tile: Tile, _ values: ByteSlice, _ gathered: ByteSlice, _ turned: ByteSlice,
    _ workspace: Workspace
  ) throws {
    let half = size / 2
    let distance = half << stage  // rows between the two halves of a group
    let stageStart = stage * (rows / size)
    for group in 0..<tile.rows.count / size {
      let index = tile.rows.lowerBound / size + group
      let position = group * size
      let first = position / (2 * distance) * (2 * distance) + position % (2 * distance) / 2
      let block = blocks.elements(
        (stageStart + index) * size * size..<(stageStart + index + 1) * size * size)
      let width = tile.columns.count
      let lower = values.elements(first * width..<(first + half) * width)
      let upper = values.elements((first + distance) * width..<(first + distance + half) * width)
      gathered.copy(from: lower)
      gathered.elements(half * width..<size * width).copy(from: upper)
      try workspace.product(
        block, gathered, into: turned, rows: size, inner: size, columns: width)
      lower.copy(from: turned.elements(0..<half * width))
      upper.copy(from: turned.elements(half * width..<size * width))
    }
  }
}
