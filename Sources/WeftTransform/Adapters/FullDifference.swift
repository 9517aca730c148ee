import WeftFiles
import WeftFormats
import WeftTensors

/// A full difference: `W' = W + strength · diff`; that of the bias is `BiasDifference`.
///
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/full.py
enum FullDifference {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    try weight(module)
  }

  private static func weight(_ module: ModuleInHand) throws -> [Contribution] {
    guard let difference = module.tensors["diff"] else { return [] }
    if let padded = try padded(difference, module) { return padded }
    try module.requireShape(difference, of: module.stored("weight"))
    return [
      module.contribution("weight", .add(difference, coefficient: module.strength))
    ]
  }

  /// A difference for the first input channels of an inpainting model.
  private static func padded(
    _ difference: Checkpoint.Tensor, _ module: ModuleInHand
  ) throws -> [Contribution]? {
    let shape = difference.info.shape
    guard module.target.path == "conv_in", shape.rank > 1 else { return nil }
    let weight = try module.weight()
    let columns = difference.info.elementCount / max(1, shape.rowCount)
    guard shape.rowCount == weight.rows, module.isPadded(columns: columns, weight) else {
      return nil
    }
    try module.requireFloat(difference)
    let own = StoredMatrix(difference.block(rows: weight.rows))
    return [
      module.contribution(
        "weight",
        .addMatrix(
          PaddedMatrix(original: own, columns: weight.columns), coefficient: module.strength,
          rule: "difference" + module.paddingText(columns: columns, weight)))
    ]
  }
}

/// A difference of the bias that comes with any family: `b' = b + strength · diff_b`.
enum BiasDifference {
  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    guard let difference = module.tensors["diff_b"] else { return [] }
    try module.requireShape(difference, of: module.stored("bias"))
    return [module.contribution("bias", .add(difference, coefficient: module.strength))]
  }
}
