import WeftKernels
import WeftTensors

/// Keeps each element with a chance that rises with the rank of its magnitude in its row, from `density - epsilon` to
/// `density + epsilon` (DELLA); equal magnitudes are ranked by column.
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/sparsify.py
struct RankedSparsifier: Sparsifier {
  let density: Double
  let epsilon: Double
  /// Elements of a row that are so many columns apart are ranked together.
  let group: Int
  let seed: UInt64
  let rescale: Rescale

  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) throws -> any PreparedSparsifier {
    let plain = Prepared(
      rule: RankedChances(mean: density, reach: epsilon, group: group), seed: seed,
      isInverse: rescale == .inverse, factor: 1)
    guard rescale == .l1 else { return plain }
    let factor = try MagnitudeRatio.measure(plain, difference, grain: grain, workspace)
    return Prepared(rule: plain.rule, seed: seed, isInverse: false, factor: factor)
  }

  private struct Prepared: PreparedSparsifier {
    let rule: RankedChances
    let seed: UInt64
    let isInverse: Bool
    let factor: Double

    var needsWholeRows: Bool { true }

    func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace) {
      let (count, columns) = (part.elementCount, part.columns.count)
      let kernels = workspace.kernels.merging
      workspace.withElements(count) { chances in
        workspace.withElements(3 * columns) { scratch in
          kernels.rank(values, columns: columns, by: rule, into: chances, scratch: scratch)
        }
        kernels.thin(values, part, seed: seed, chances: chances, inverse: isInverse)
      }
      if factor != 1 { workspace.combine([(values, factor)], into: values) }
    }
  }
}
