import WeftKernels
import WeftTensors

/// Keeps so many elements by their place in the order of magnitudes, largest first; where magnitudes are equal, the element
/// that comes first in the tensor is taken first.
///
/// The order is that of the float64 differences. mergekit's order of equal magnitudes is whatever its sort gives.
struct MagnitudeWindow: Sparsifier {
  /// How many of the largest are dropped.
  let skipped: Int
  /// How many are kept after those.
  let kept: Int

  func surveyByteCount(_ matrix: any MatrixFormula) -> Int {
    MagnitudeOrder.byteCount(rows: matrix.rows, elementCount: matrix.elementCount)
  }

  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) throws -> any PreparedSparsifier {
    let order = try MagnitudeOrder(difference, grain: grain, workspace)
    return Prepared(
      first: try order.place(at: skipped, workspace),
      end: try order.place(at: skipped + kept, workspace))
  }

  private struct Prepared: PreparedSparsifier {
    let first: MagnitudePlace
    let end: MagnitudePlace

    func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace) {
      workspace.kernels.merging.keep(values, part, from: first, to: end)
    }
  }
}
