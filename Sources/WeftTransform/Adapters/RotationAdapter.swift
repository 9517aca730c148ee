import WeftFiles
import WeftTensors

/// OFT on blocks of rows: `W'_k = (I + strength · (R_k − I))ᵀ · W_k`, all rows then times `rescale`.
///
/// `oft_blocks [k, n, n]` with `k · n = O` stand for rotations, `oft_diag` of the first files are them. `alpha` is no scale
/// but the constraint of COFT: the length of all `Q = B − Bᵀ` is bounded by `alpha · O`; without alpha there is no bound.
/// LyCORIS' files have alpha 0 for that, too. kohya's trainer clamps to a bound of 0 and so trains nothing: a file in its
/// spelling with alpha 0 is refused unless `--alpha-zero` says what is meant. `rescale` does not depend on the strength,
/// as in LyCORIS; strength 0 leaves the adapter out.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/diag_oft.py,
/// https://github.com/kohya-ss/sd-scripts/blob/48d368fa/networks/oft.py
struct RotationAdapter: WeightTransform {
  let rotations: Rotations
  let rescale: Checkpoint.Tensor?
  let strength: Double

  var rule: String {
    "(I + \(strength) · (R - I))ᵀ · W, \(rotations.count) blocks of \(rotations.size)"
      + rotations.constraintText + (rescale == nil ? "" : ", rescaled")
  }
  var isIdentity: Bool { strength == 0 }

  func applied(to weight: any MatrixFormula) -> any MatrixFormula {
    RotatedMatrix(weight: weight, rotations: rotations, rescale: rescale, strength: strength)
  }

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let areRotations = module.tensors["oft_diag"] != nil
    let role = areRotations ? "oft_diag" : "oft_blocks"
    if areRotations, module.tensors["oft_blocks"] != nil {
      throw module.refused(
        "it has oft_blocks and oft_diag", advice: "get the adapter again from its source")
    }
    let blocks = try module.required(role)
    try module.requireFloat(blocks)
    let shape = blocks.info.shape.dimensions
    guard shape.count == 3, shape[1] == shape[2],
      Shape([shape[0], shape[1]]).checkedElementCount == weight.rows
    else { throw module.misfit(role, "[blocks, n, n] with blocks · n = \(weight.rows)") }
    let bound = try module.rotationBound(rows: weight.rows)
    guard bound != .zero else { return [] }
    let adapter = RotationAdapter(
      rotations: Rotations(
        blocks: blocks, count: shape[0], size: shape[1], areRotations: areRotations,
        constraint: areRotations ? nil : bound.length),
      rescale: try module.rescale(weight), strength: module.strength)
    return [module.contribution("weight", .transform(adapter))]
  }
}

extension Rotations {
  /// What the plan says of a constraint.
  var constraintText: String { constraint.map { ", |Q| at most \($0)" } ?? "" }
}

/// The bound of the rotations' length in a module.
enum RotationBound: Equatable {
  /// They turn as they are.
  case none
  /// The length of all Q together is at most this.
  case length(Double)
  /// Nothing turns.
  case zero

  /// The greatest length; nil without a bound.
  var length: Double? {
    if case .length(let length) = self { length } else { nil }
  }
}

extension ModuleInHand {
  /// How the stems of kohya's OFT files start.
  private static let kohyaPrefix = "oft_"

  /// The bound of the rotations' length, alpha times the rows.
  func rotationBound(rows: Int) throws -> RotationBound {
    guard let alpha = try tensors["alpha"]?.scalar() else { return .none }
    guard alpha >= 0 else {
      throw TransformError.badData(
        "its alpha, the bound of a length, is \(alpha)", at: "\(path): \(stem)",
        advice: "get the adapter again from its source")
    }
    guard alpha == 0 else { return .length(alpha * Double(rows)) }
    guard stem.hasPrefix(Self.kohyaPrefix) else { return .none }
    switch recipe.alphaZero {
    case .rank: return .none
    case .zero: return .zero
    case .refused:
      throw refused(
        "its alpha is 0, by which kohya's trainer turns nothing and LyCORIS turns without bound",
        advice: "choose with --alpha-zero zero (no change) or --alpha-zero rank (no bound)")
    }
  }

  /// The factors of the rows.
  func rescale(_ weight: WeightMatrix) throws -> Checkpoint.Tensor? {
    guard let rescale = tensors["rescale"] else { return nil }
    try requireFloat(rescale)
    guard rescale.info.shape.withoutTrailingOnes.dimensions == [weight.rows] else {
      throw misfit("rescale", "[\(weight.rows), 1]")
    }
    return rescale
  }
}
