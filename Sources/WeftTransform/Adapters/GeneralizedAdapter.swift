import WeftFiles
import WeftTensors

/// GLoRA: `W' = W + strength · alpha / r · (W · A + B)`, where A mixes the input channels and B is a low-rank product.
///
/// New files: `A = a1 · a2` with `a1 [I, r]`, `a2 [r, I]`, and `B = b1 · b2` with `b1 [O, r]`, `b2 [r, I · taps]`, or with a
/// core `bm [r, r, kh, kw]`. The first files had it the other way round: `A = a2 · a1` with `a1 [r, I]`, `a2 [I, r]`, and
/// `B = b2 · b1` with `b1 [r, I · taps]`, `b2 [O, r]`. Where the shapes fit both, which takes r = I = O, they are read as new.
/// Source: https://github.com/KohakuBlueleaf/LyCORIS/blob/f49d30d/lycoris/modules/glora.py,
/// https://github.com/comfyanonymous/ComfyUI/blob/v0.3.60/comfy/weight_adapter/glora.py
struct GeneralizedAdapter: WeightTransform {
  let first: Factor
  let second: Factor
  let mixtureRank: Int
  let product: ProductTerm
  let taps: Int
  let coefficient: Double

  var rule: String { "W + \(coefficient) · (W · A + B), rank \(mixtureRank)" }
  var isIdentity: Bool { coefficient == 0 }

  func applied(to weight: any MatrixFormula) -> any MatrixFormula {
    var update = Update()
    let mixture = MixedMatrix(
      weight: weight, first: first, second: second, rank: mixtureRank, taps: taps)
    update.formulas = [FormulaTerm(formula: mixture, coefficient: coefficient)]
    update.products = [product]
    return SumMatrix(weight, update)
  }

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    let weight = try module.weight()
    let isNew = try isNewLayout(module, weight)
    let order = isNew ? ("a1", "a2", "b1", "b2") : ("a2", "a1", "b2", "b1")
    let a = try factors("glora_" + order.0, "glora_" + order.1, module)
    guard a.rows == weight.inputs, a.columns == weight.inputs else {
      throw module.misfit("glora_" + order.0, "[\(weight.inputs), rank]")
    }
    // LyCORIS keeps alpha as it is, not as one of a rank-stabilised adapter: such files cannot be told apart.
    let coefficient = try module.strength * module.scale(rank: a.rank)
    let adapter = GeneralizedAdapter(
      first: .stored(a.left), second: .stored(a.right), mixtureRank: a.rank,
      product: try product("glora_" + order.2, "glora_" + order.3, module, weight, coefficient),
      taps: weight.taps, coefficient: coefficient)
    return [module.contribution("weight", .transform(adapter))]
  }

  /// Whether the factors that come first in a product are those of the new files.
  private static func isNewLayout(_ module: ModuleInHand, _ weight: WeightMatrix) throws -> Bool {
    let (a1, a2) = (try module.matrix("glora_a1"), try module.matrix("glora_a2"))
    if a1.rows == weight.inputs, a2.columns == weight.inputs, a1.columns == a2.rows {
      // Square factors fit both; those of B tell them apart.
      let b1 = try module.matrix("glora_b1")
      return a1.columns != weight.inputs || b1.rows == weight.rows
    }
    return false
  }

  private static func product(
    _ left: String, _ right: String, _ module: ModuleInHand, _ weight: WeightMatrix,
    _ coefficient: Double
  ) throws -> ProductTerm {
    guard module.tensors["glora_bm"] == nil else {
      let core = try module.core("glora_bm", weight)
      let (rank, inner) = (core.info.shape.dimensions[0], core.info.shape.dimensions[1])
      let up = try module.matrix(left, rows: weight.rows, columns: rank)
      let down = try module.matrix(right, rows: inner, columns: weight.inputs)
      let factor = CoreFactor(
        core: core, right: down, rows: rank, inner: inner, inputs: weight.inputs,
        taps: weight.taps)
      return ProductTerm(
        up: .stored(up), down: .computed(factor), rank: rank, scale: coefficient)
    }
    let b = try factors(left, right, module)
    guard b.rows == weight.rows, b.columns == weight.columns else {
      throw module.misfit(
        b.rows == weight.rows ? right : left, "a factor of [\(weight.rows), \(weight.columns)]")
    }
    return ProductTerm(
      up: .stored(b.left), down: .stored(b.right), rank: b.rank, scale: coefficient)
  }

  /// Two factors whose inner dimensions agree.
  private static func factors(
    _ left: String, _ right: String, _ module: ModuleInHand
  ) throws -> (
    left: Checkpoint.Tensor, right: Checkpoint.Tensor, rows: Int, rank: Int, columns: Int
  ) {
    let (a, b) = (try module.matrix(left), try module.matrix(right))
    guard a.columns == b.rows else {
      throw module.refused(
        "the ranks of its factors differ: \"\(a.tensor.info.name)\" is \(a.tensor.info.shape), "
          + "\"\(b.tensor.info.name)\" is \(b.tensor.info.shape)",
        advice: "get the adapter again from its source")
    }
    return (a.tensor, b.tensor, a.rows, b.rows, b.columns)
  }
}
