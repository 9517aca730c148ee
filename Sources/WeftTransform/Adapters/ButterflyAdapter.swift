import WeftFiles
import WeftTensors

/// BOFT: the rows go through m stages of rotations `I + strength · (R − I)`, and then times `rescale`.
///
/// `oft_blocks [m, O / b, b, b]`; stage i mixes groups of 2ⁱ · b rows, so that the last stage's must divide O. The strength
/// is in every stage, as in LyCORIS, not in the whole; `alpha` and `rescale` are those of OFT.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/boft.py
struct ButterflyAdapter: WeightTransform {
  let rotations: Rotations
  let stages: Int
  let rescale: Checkpoint.Tensor?
  let strength: Double

  var rule: String {
    "\(stages) stages of I + \(strength) · (R - I), blocks of \(rotations.size)"
      + rotations.constraintText + (rescale == nil ? "" : ", rescaled")
  }
  var isIdentity: Bool { strength == 0 }

  func applied(to weight: any MatrixFormula) -> any MatrixFormula {
    ButterflyMatrix(
      weight: weight, rotations: rotations, stages: stages, rescale: rescale, strength: strength)
  }

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let blocks = try module.required("oft_blocks")
    try module.requireFloat(blocks)
    let shape = blocks.info.shape.dimensions
    try check(shape, weight, module)
    let bound = try module.rotationBound(rows: weight.rows)
    guard bound != .zero else { return [] }
    let adapter = ButterflyAdapter(
      rotations: Rotations(
        blocks: blocks, count: shape[0] * shape[1], size: shape[2], areRotations: false,
        constraint: bound.length),
      stages: shape[0], rescale: try module.rescale(weight), strength: module.strength)
    return [module.contribution("weight", .transform(adapter))]
  }

  /// Refuses blocks that cannot tile the rows in every stage.
  private static func check(
    _ shape: [Int], _ weight: WeightMatrix, _ module: ModuleInHand
  ) throws {
    guard shape.count == 4, shape[2] == shape[3],
      Shape([shape[1], shape[2]]).checkedElementCount == weight.rows, shape[0] > 0
    else {
      throw module.misfit("oft_blocks", "[stages, k, b, b] with k · b = \(weight.rows)")
    }
    // The span doubles with every stage; one that exceeds the rows ends the loop.
    var span = shape[2]
    for _ in 1..<shape[0] where span <= weight.rows { span *= 2 }
    guard shape[2].isMultiple(of: 2), span <= weight.rows, weight.rows.isMultiple(of: span) else {
      throw module.refused(
        "\(shape[0]) stages of blocks of \(shape[2]) cannot tile the \(weight.rows) rows of the "
          + "model's tensor \(weight.shape)",
        advice: "use an adapter that was made for this architecture")
    }
  }
}
