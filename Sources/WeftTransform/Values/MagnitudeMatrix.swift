import Synchronization
package import WeftFiles
import WeftKernels
import WeftTensors

/// A weight whose change keeps a learned length of every channel: `W' = W + m · (V · d / (‖V‖ + ε) − W)` with `V = W + D`.
///
/// ‖V‖ is the length of a row, or of all that belongs to an input channel; ε is the distance of float64 from 1 to the next
/// number, as LyCORIS takes that of the type that it computes in.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/locon.py (apply_weight_decompose)
package struct MagnitudeMatrix: MatrixFormula {
  /// The weight W.
  package let weight: any MatrixFormula
  /// What is added to it at full strength, D.
  package let delta: Update
  /// The learned lengths d, one a channel.
  package let lengths: Checkpoint.Tensor
  /// The channels that they belong to.
  package let axis: ChannelAxis
  /// The strength m.
  package let strength: Double

  /// The rows of the weight.
  package var rows: Int { weight.rows }
  /// The columns of the weight.
  package var columns: Int { weight.columns }
  /// V, and W where its own share is not zero.
  package var operands: [any MatrixFormula] {
    [SumMatrix(weight, delta)] + (strength == 1 ? [] : [weight])
  }
  /// The lengths of all channels.
  package var byteCount: Int { 24 * lengths.info.elementCount }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    MagnitudeMatrix(
      weight: weight.reading(moved), delta: delta.reading(moved), lengths: moved(lengths),
      axis: axis, strength: strength)
  }

  /// Prepares V; lengths of input channels need all of it.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let prepared = PreparedMagnitude(
      sum: try SumMatrix(weight, delta).prepare(workspace), grain: rowGrain,
      weight: strength == 1 ? nil : try weight.prepare(workspace),
      lengths: try lengths.doubles(workspace).doubles, axis: axis, strength: strength)
    if axis != .output { _ = try prepared.surveyedFactors(workspace) }
    return prepared
  }
}

/// A weight whose channels are brought to their lengths where they are read.
private final class PreparedMagnitude: PreparedMatrix {
  private let sum: any PreparedMatrix
  private let grain: Int
  private let weight: (any PreparedMatrix)?
  private let lengths: [Double]
  private let axis: ChannelAxis
  private let strength: Double
  /// The factors of all channels, once something needed them.
  private let survey = Mutex<ByteSlice?>(nil)

  init(
    sum: any PreparedMatrix, grain: Int, weight: (any PreparedMatrix)?, lengths: [Double],
    axis: ChannelAxis, strength: Double
  ) {
    (self.sum, self.grain, self.weight) = (sum, grain, weight)
    (self.lengths, self.axis, self.strength) = (lengths, axis, strength)
  }

  var rows: Int { sum.rows }
  var columns: Int { sum.columns }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    try sum.read(tile, into: target, workspace)
    switch axis {
    case .input(let taps):
      Elementwise.scaleColumns(
        target, rows: tile.rows.count, columns: tile.columns, group: taps,
        by: try surveyedFactors(workspace))
    case .output where tile.columns == 0..<columns:
      // Whole rows have their lengths with them.
      workspace.withElements(tile.rows.count) { sums in
        sums.setZero()
        Elementwise.addRowSquares(of: target, to: sums)
        sums.set(factors(sums.doubles, of: tile.rows))
        Elementwise.scaleRows(target, by: sums)
      }
    case .output:
      Elementwise.scaleRows(target, by: try surveyedFactors(workspace).elements(tile.rows))
    }
    try addWeight(tile, to: target, workspace)
  }

  private func addWeight(_ tile: Tile, to target: ByteSlice, _ workspace: Workspace) throws {
    guard let weight else { return }
    try workspace.withElements(tile.elementCount) { values in
      try weight.read(tile, into: values, workspace)
      workspace.add(values, coefficient: 1 - strength, to: target)
    }
  }

  /// The factors of all channels, from one pass over V.
  func surveyedFactors(_ workspace: Workspace) throws -> ByteSlice {
    try survey.withLock { known in
      if let known { return known }
      let sums = ByteBuffer(byteCount: lengths.count * 8).all
      try sum.eachTile(grain: grain, workspace) { tile, values in
        switch axis {
        case .output: Elementwise.addRowSquares(of: values, to: sums.elements(tile.rows))
        case .input(let taps):
          Elementwise.addColumnSquares(
            of: values, rows: tile.rows.count, columns: tile.columns, group: taps, to: sums)
        }
      }
      sums.set(factors(sums.doubles, of: 0..<lengths.count))
      known = sums
      return sums
    }
  }

  /// `m · d / (‖V‖ + ε)` from the sums of squares of some channels.
  private func factors(_ squares: [Double], of channels: Range<Int>) -> [Double] {
    zip(squares, lengths[channels]).map { square, length in
      strength * (length / (square.squareRoot() + Double.ulpOfOne))
    }
  }
}
