import WeftFiles
import WeftTensors

/// DoRA on any additive family: `W' = W + m · (V · d / (‖V‖ + ε) − W)` with `V = W + D` at full strength.
///
/// Two conventions of the axis are told apart by the shape of d: `[O, 1, ...]` (LyCORIS since 3.0, PEFT `[O]`, for
/// convolutions `[1, O, 1, 1]`) is one number a row, `[1, I, ...]` (LyCORIS before, OneTrainer) one an input channel.
/// Where the adapter acts on a part of a fused projection, lengths are those of the part.
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/dora.py,
/// https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/functional/general.py (weight_decompose)
struct MagnitudeTransform: WeightTransform {
  let delta: Update
  let deltaRule: String
  let lengths: Checkpoint.Tensor
  let axis: ChannelAxis
  let strength: Double

  var rule: String {
    "W + \(strength) · (V · d / |V| - W), V = W + \(deltaRule), lengths of \(axis.name) channels"
  }
  var isIdentity: Bool { strength == 0 }

  func applied(to weight: any MatrixFormula) -> any MatrixFormula {
    MagnitudeMatrix(
      weight: weight, delta: delta, lengths: lengths, axis: axis, strength: strength)
  }
}

extension ModuleInHand {
  /// The change of the channels' lengths, when the module has magnitudes.
  func magnitudeTransform(
    _ delta: WeightDelta, _ weight: WeightMatrix
  ) throws -> MagnitudeTransform? {
    guard let (lengths, axis) = try magnitudes(weight) else {
      guard config?.usesMagnitudes == true else { return nil }
      throw refused(
        "its configuration says DoRA, but it has no magnitudes",
        advice: "get the adapter again from its source")
    }
    return MagnitudeTransform(
      delta: delta.update, deltaRule: delta.rule, lengths: lengths, axis: axis,
      strength: strength)
  }

  private func magnitudes(
    _ weight: WeightMatrix
  ) throws -> (Checkpoint.Tensor, ChannelAxis)? {
    if let vector = tensors["magnitude"] {
      try requireFloat(vector)
      guard vector.info.elementCount == weight.rows else {
        throw misfit("magnitude", "one number for each of \(weight.rows) rows")
      }
      return (vector, .output)
    }
    guard let scale = tensors["dora_scale"] else { return nil }
    try requireFloat(scale)
    let dimensions = scale.info.shape.withoutTrailingOnes.dimensions
    if dimensions == [weight.rows] { return (scale, .output) }
    if dimensions == [1, weight.inputs] || (dimensions == [1] && weight.inputs == 1) {
      return (scale, .input(taps: weight.taps))
    }
    throw misfit("dora_scale", "[\(weight.rows), 1] or [1, \(weight.inputs)]")
  }
}
