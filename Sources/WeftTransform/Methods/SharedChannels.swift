import WeftFiles
import WeftFormats
import WeftTensors

/// The input channels that the first convolutions of two kinds of models have in common.
///
/// Models that see a masked picture have nine channels, those that see another picture eight; the first four of them are
/// the latent image's, as in any other model.
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/b9229d7/scripts/mergers/mergers.py
struct SharedChannels {
  /// The channels that all models have.
  static let count = 4
  /// The numbers of channels that may stand beside four.
  static let wider: Set<Int> = [8, 9]

  /// The elements of a channel in a row.
  let tapCount: Int

  /// The first channels of all inputs.
  func narrowed(_ tensor: MergedTensor) -> MergedTensor {
    MergedTensor(
      name: tensor.name, models: tensor.models.map(narrowed),
      base: tensor.base.map(narrowed), options: tensor.options)
  }

  private func narrowed(_ input: MergedTensor.Input) -> MergedTensor.Input {
    let width = Self.count * tapCount
    guard input.value.columns > width else { return input }
    var dimensions = input.shape.dimensions
    dimensions[1] = Self.count
    return MergedTensor.Input(
      ComputedValue(ColumnRange(input.value.formula, columns: 0..<width)),
      shape: Shape(dimensions), options: input.options, origin: input.origin)
  }

  /// The merged channels, and behind them those of the first model that the others do not have.
  func joined(_ merged: ComputedValue, _ first: ComputedValue) throws -> ComputedValue {
    let width = Self.count * tapCount
    return ComputedValue(
      PatchedMatrix(
        first.formula, inside: merged.formula, rows: 0..<first.rows, columns: 0..<width))
  }
}

extension MergedTensor {
  /// What the inputs have in common when their shapes differ in a way that can be merged; nil when they are equal.
  func sharedChannels(usesBase: Bool) throws -> SharedChannels? {
    let inputs = models + (usesBase ? base.map { [$0] } ?? [] : [])
    guard let odd = inputs.first(where: { $0.shape != shape }) else { return nil }
    let dimensions = shape.dimensions
    let allowed = inputs.allSatisfy { input in
      let other = input.shape.dimensions
      return other.count == 4 && dimensions.count == 4 && other[0] == dimensions[0]
        && other[2...] == dimensions[2...]
        && (other[1] == dimensions[1] || other[1] == SharedChannels.count)
    }
    guard name.path == "conv_in.weight", allowed, SharedChannels.wider.contains(dimensions[1])
    else { throw differentShapes(odd) }
    return SharedChannels(tapCount: dimensions[2] * dimensions[3])
  }

  private func differentShapes(_ odd: Input) -> TransformError {
    let isReversed =
      name.path == "conv_in.weight" && shape.rank == 4 && shape.dimensions[1] == 4
    return TransformError.refused(
      "\(name.path) is \(shape) in \(first.origin) and \(odd.shape) in \(odd.origin)",
      at: name.description,
      advice: isReversed
        ? "give the model with more input channels as the first"
        : "merge models of the same architecture")
  }
}
