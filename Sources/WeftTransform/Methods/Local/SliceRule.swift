import WeftTensors

/// A run of B's rows in the place of A's.
///
/// The run starts at the part `beta` of the rows and is `alpha` of them long; where it would go beyond the end it goes on
/// from the start. Where `prefersSecond`, and the second dimension is longer than 100, it is a run along that.
/// Supermerger cuts the second dimension in any case, at places that it counts along the first where the second is
/// short; weft cuts the dimension that it counts.
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
struct SliceRule: MergeRule {
  /// Whether the second dimension is cut where it is long.
  let prefersSecond: Bool

  var modelCounts: ClosedRange<Int> { 2...2 }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let (a, b) = (tensor.models[0].value, tensor.models[1].value)
    guard tensor.shape.rank > 0 else { return a }
    let alpha = try tensor.options.number("alpha", in: 0...1)
    let beta = try tensor.options.number("beta", in: 0...1)
    guard alpha + beta > 1 else {
      return patched(a, with: b, from: beta, to: alpha + beta, tensor.shape)
    }
    return patched(b, with: a, from: alpha + beta - 1, to: beta, tensor.shape)
  }

  private func patched(
    _ outside: ComputedValue, with inside: ComputedValue, from start: Double, to end: Double,
    _ shape: Shape
  ) -> ComputedValue {
    let dimensions = shape.dimensions
    let axis = prefersSecond && shape.rank > 1 && dimensions[1] > 100 ? 1 : 0
    let count = dimensions[axis]
    // Cut as Python's int() cuts.
    let run = Int(Double(count) * start)..<Int(Double(count) * end)
    guard !run.isEmpty else { return outside }
    guard run.count < count else { return inside }
    // A vector is one row; along the second dimension, an element is its taps.
    let taps = axis == 0 ? 1 : dimensions.dropFirst(2).reduce(1, *)
    let isRows = axis == 0 && shape.rank > 1
    return ComputedValue(
      PatchedMatrix(
        outside.formula, inside: inside.formula, rows: isRows ? run : 0..<outside.rows,
        columns: isRows
          ? 0..<outside.columns : run.lowerBound * taps..<run.upperBound * taps))
  }
}
