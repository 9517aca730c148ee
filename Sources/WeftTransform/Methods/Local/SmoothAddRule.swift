import WeftFormats
import WeftTensors

/// A smoothed difference of B and the base, added to A: A + alpha gaussian(median(B - base)).
///
/// The median is that of three neighbours along each dimension of the tensor, the Gaussian has deviation one.
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
struct SmoothAddRule: MergeRule {
  var modelCounts: ClosedRange<Int> { 2...2 }
  var needsBase: Bool { true }

  func merged(_ tensor: MergedTensor) throws -> ComputedValue {
    let alpha = try tensor.options.number("alpha")
    guard alpha != 0, !tensor.shape.dimensions.contains(0) else { return tensor.first.value }
    let difference = LinearCombination.difference(
      tensor.models[1].value, try tensor.requiredBase().value)
    var result = tensor.first.value
    result.add(
      ComputedValue(
        SmoothedMatrix(difference.formula, taps: try taps(tensor))), coefficient: alpha)
    return result
  }

  /// The dimensions after the second; there are at most two.
  private func taps(_ tensor: MergedTensor) throws -> (depth: Int, width: Int) {
    let dimensions = tensor.shape.dimensions.dropFirst(2) + [1, 1]
    guard tensor.shape.rank <= 4 else {
      throw TransformError.refused(
        "\(tensor.name.path) is \(tensor.shape); smooth-add takes at most four dimensions",
        at: tensor.first.origin, advice: "use add-difference")
    }
    return (dimensions[dimensions.startIndex], dimensions[dimensions.startIndex + 1])
  }
}
