import WeftKernels
import WeftTensors

/// How what is kept makes up for what was dropped.
enum Rescale: String, CaseIterable, Sendable {
  /// The sum of magnitudes becomes what it was before, as in mergekit.
  case l1
  /// Each element is divided by its chance to be kept, as the paper says, so that the expectation stays.
  case inverse
  /// Not at all.
  case none
}

/// Keeps each element with the same chance (DARE).
///
/// Source: https://github.com/arcee-ai/mergekit/blob/a6e4028/mergekit/sparsify.py
struct ChanceSparsifier: Sparsifier {
  let chance: Double
  let seed: UInt64
  let rescale: Rescale

  func prepare(
    _ difference: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) throws -> any PreparedSparsifier {
    let plain = Prepared(
      chance: chance, seed: seed, factor: rescale == .inverse ? 1 / chance : 1)
    guard rescale == .l1 else { return plain }
    let factor = try MagnitudeRatio.measure(plain, difference, grain: grain, workspace)
    return Prepared(chance: chance, seed: seed, factor: factor)
  }

  private struct Prepared: PreparedSparsifier {
    let chance: Double
    let seed: UInt64
    let factor: Double

    func apply(_ values: ByteSlice, _ part: Rectangle, _ workspace: Workspace) {
      workspace.kernels.merging.thin(values, part, seed: seed, chance: chance, factor: factor)
    }
  }
}

/// By what a thinned difference is multiplied so that its sum of magnitudes is what it was.
enum MagnitudeRatio {
  /// A sum of magnitudes below which nothing is rescaled.
  private static let least = 1e-7

  /// Reads the difference once, before and after the choice.
  static func measure(
    _ sparsifier: any PreparedSparsifier, _ difference: any PreparedMatrix, grain: Int,
    _ workspace: Workspace
  ) throws -> Double {
    var (before, after) = (0.0, 0.0)
    let kernels = workspace.kernels.merging
    let body = { (tile: Tile, values: ByteSlice) in
      before += kernels.sumOfMagnitudes(values)
      sparsifier.apply(values, tile.rectangle(stride: difference.columns), workspace)
      after += kernels.sumOfMagnitudes(values)
    }
    if sparsifier.needsWholeRows {
      try difference.eachRow(workspace, body)
    } else {
      try difference.eachTile(grain: grain, workspace, body)
    }
    return before < least || after < least ? 1 : before / after
  }
}

extension PreparedMatrix {
  /// Reads the whole matrix once, as many whole rows at a time as a rectangle holds, one at least.
  func eachRow(_ workspace: Workspace, _ body: (Tile, ByteSlice) throws -> Void) throws {
    let step = max(1, Workspace.tileElementCount / max(1, columns))
    for start in stride(from: 0, to: rows, by: step) {
      let tile = Tile(rows: start..<min(start + step, rows), columns: 0..<columns)
      try workspace.withElements(tile.elementCount) { values in
        try read(tile, into: values, workspace)
        try body(tile, values)
      }
    }
  }
}
