package import WeftFiles
import WeftKernels
import WeftTensors

/// A weight whose output or input channels are scaled: `W' = W · (1 + strength · w)`.
package struct ScaledMatrix: MatrixFormula {
  /// The weight.
  package let original: any MatrixFormula
  /// The numbers w, one a channel.
  package let numbers: Checkpoint.Tensor
  /// The channels that they belong to.
  package let axis: ChannelAxis
  /// Their factor.
  package let strength: Double

  /// The rows of the weight.
  package var rows: Int { original.rows }
  /// The columns of the weight.
  package var columns: Int { original.columns }
  /// The weight.
  package var operands: [any MatrixFormula] { [original] }
  /// The numbers.
  package var byteCount: Int { 16 * numbers.info.elementCount }

  /// The matrix with its tensors replaced.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula {
    ScaledMatrix(
      original: original.reading(moved), numbers: moved(numbers), axis: axis, strength: strength)
  }

  /// Reads the numbers.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    let factors = try numbers.doubles(workspace)
    workspace.scale(factors, by: strength)
    factors.set(factors.doubles.map { 1 + $0 })
    return Prepared(
      original: try original.prepare(workspace), factors: factors, axis: axis)
  }

  private struct Prepared: PreparedMatrix {
    let original: any PreparedMatrix
    let factors: ByteSlice
    let axis: ChannelAxis
    var rows: Int { original.rows }
    var columns: Int { original.columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      try original.read(tile, into: target, workspace)
      switch axis {
      case .output: Elementwise.scaleRows(target, by: factors.elements(tile.rows))
      case .input(let taps):
        Elementwise.scaleColumns(
          target, rows: tile.rows.count, columns: tile.columns, group: taps, by: factors)
      }
    }
  }
}
