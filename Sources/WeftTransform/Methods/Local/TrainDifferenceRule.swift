import WeftFiles
import WeftKernels
import WeftTensors

/// What B learned since the base, as much as A has room for: A + 1.8 alpha s (B - base) with
/// s = |B - A| / (|B - base| + |B - A|).
///
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
struct TrainDifferenceRule: MergeRule {
  var modelCounts: ClosedRange<Int> { 2...2 }
  var needsBase: Bool { true }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let factor = 1.8 * (try tensor.options.number("alpha"))
    guard factor != 0 else { return tensor.first.value }
    return ComputedValue(
      TrainDifference(
        a: tensor.first.value.formula, b: tensor.models[1].value.formula,
        base: try tensor.requiredBase().value.formula, factor: factor))
  }
}

/// The formula of train difference.
struct TrainDifference: MatrixFormula {
  let a: any MatrixFormula
  let b: any MatrixFormula
  let base: any MatrixFormula
  let factor: Double

  var rows: Int { a.rows }
  var columns: Int { a.columns }
  var operands: [any MatrixFormula] { [a, b, base] }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    TrainDifference(
      a: a.reading(moved), b: b.reading(moved), base: base.reading(moved), factor: factor)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    Prepared(matrices: try operands.map { try $0.prepare(workspace) }, factor: factor)
  }

  private struct Prepared: PreparedMatrix {
    let matrices: [any PreparedMatrix]
    let factor: Double
    var rows: Int { matrices[0].rows }
    var columns: Int { matrices[0].columns }

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      try workspace.reading(tile, of: matrices) { values in
        workspace.kernels.merging.trainDifference(
          values[0], values[1], values[2], factor: factor, into: target)
      }
    }
  }
}
