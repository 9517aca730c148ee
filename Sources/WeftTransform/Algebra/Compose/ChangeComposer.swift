import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// Decides how the change of one tensor is written, and makes what has to be computed before.
struct ChangeComposer: Sendable {
  /// What was made of the change.
  struct Result: Sendable {
    var layer: ComposedLayer
    var tensors: [ComposedTensor] = []
    var tally = Tally()
  }

  let change: TensorChange
  let form: AdapterForm
  /// Whether a change that is zero everywhere is left out.
  let dropsEqual: Bool

  private var dtype: DType { form.dtype ?? change.dtype }
  private var module: CanonicalModule { change.target.module }
  private var isMatrix: Bool { change.shape.rank > 1 }
  private var parameter: Substring { change.target.path.split(separator: ".").last ?? "" }

  /// The memory that composing takes at most, in bytes.
  var byteCount: Int {
    guard isMatrix, let choice = form.choice(for: change), !form.isDense else {
      return dropsEqual ? change.formula.totalByteCount : 0
    }
    if let products = thinProducts(below: choice) {
      let rank = products.reduce(0) { $0 + $1.rank }
      return rank * 40 * (change.rows + change.columns)
    }
    return factorizer(choice).byteCount(of: change.formula)
  }

  func compose(spool: SpoolFile, workspace: Workspace) throws -> Result {
    if case .replacement(let formula) = change.kind { return replacement(formula) }
    guard isMatrix else { return try vector(workspace) }
    if form.isDense { return dense() }
    if case .products(let products) = change.kind {
      guard let choice = form.choice(for: change), !keepsAll(products, choice) else {
        return exact(products)
      }
      if let thin = thinProducts(below: choice) {
        return try cut(thin, choice, spool: spool, workspace: workspace)
      }
    }
    guard let choice = form.choice(for: change) else { return dense() }
    return try factored(choice, spool: spool, workspace: workspace)
  }

  private func factorizer(_ choice: RankChoice) -> MatrixFactorizer {
    MatrixFactorizer(method: form.method, choice: choice, dtype: dtype)
  }

  private func layer(_ form: ComposedLayer.Form) -> ComposedLayer {
    ComposedLayer(name: change.target.description, shape: change.shape, form: form)
  }
}

extension ChangeComposer {
  /// A value that takes the tensor's place: programs know that of weights alone, so the role of a bias has no spelling.
  private func replacement(_ formula: any MatrixFormula) -> Result {
    Result(
      layer: layer(.replacement),
      tensors: [tensor("set_\(parameter)", change.shape, .evaluate(formula))])
  }

  /// The whole difference, computed when it is written.
  private func dense() -> Result {
    Result(
      layer: layer(change.isNorm ? .norm : .difference),
      tensors: [tensor(change.role, change.shape, .evaluate(change.formula))])
  }

  /// A norm's gain, or a bias.
  private func vector(_ workspace: Workspace) throws -> Result {
    let total = dropsEqual ? try squares(workspace) : nil
    if total == 0 { return Result(layer: layer(.equal)) }
    var result = dense()
    result.layer.totalEnergy = total
    return result
  }

  private func squares(_ workspace: Workspace) throws -> Double {
    try BlockedMatrix(change.formula, workspace: workspace, heldByteCount: 0).survey()
  }

  private func tensor(_ role: String, _ shape: Shape, _ work: Piece.Work) -> ComposedTensor {
    ComposedTensor(module: module, role: role, shape: shape, dtype: dtype, work: work)
  }
}

extension ChangeComposer {
  /// Whether a choice keeps every rank of some products whatever their values are.
  private func keepsAll(_ products: [ProductTerm], _ choice: RankChoice) -> Bool {
    if form.keepsProducts { return true }
    return choice.fixedRank.map { $0 >= products.reduce(0) { $0 + $1.rank } } ?? false
  }

  /// The products of a change that is to be cut, unless together they have so many ranks that the matrix itself is
  /// less work.
  private func thinProducts(below choice: RankChoice) -> [ProductTerm]? {
    guard case .products(let products) = change.kind, !keepsAll(products, choice),
      products.reduce(0, { $0 + $1.rank }) <= min(change.rows, change.columns)
    else { return nil }
    return products
  }

  /// Products side by side: their sum, with nothing lost but the rounding of scales that are folded into factors.
  ///
  /// When all scales are the same the alpha carries them, and the factors are the inputs' own.
  private func exact(_ products: [ProductTerm]) -> Result {
    let rank = products.reduce(0) { $0 + $1.rank }
    let scale = products.first?.scale ?? 1
    let isUniform = !form.foldsScales && scale > 0 && products.allSatisfy { $0.scale == scale }
    var layer = layer(.lowRank)
    layer.rank = rank
    return Result(
      layer: layer,
      tensors: [
        tensor(
          "up", change.upShape(rank: rank), .evaluate(joined(products, ups: true, !isUniform))),
        tensor(
          "down", change.downShape(rank: rank), .evaluate(joined(products, ups: false, false))),
        .scalar((isUniform ? scale : 1) * Double(rank), "alpha", of: module),
      ])
  }

  /// The factors of products, joined, with or without their scales.
  private func joined(
    _ products: [ProductTerm], ups: Bool, _ isScaled: Bool
  ) -> JoinedFactors {
    JoinedFactors(
      parts: products.map { product in
        FactorMatrix(
          factor: ups ? product.up : product.down, rows: ups ? change.rows : product.rank,
          columns: ups ? product.rank : change.columns,
          coefficient: isScaled ? product.scale : 1)
      }, sideBySide: ups)
  }

  /// The best factors of fewer ranks than the products have.
  private func cut(
    _ products: [ProductTerm], _ choice: RankChoice, spool: SpoolFile, workspace: Workspace
  ) throws -> Result {
    let up = try joined(products, ups: true, true).matrix(workspace)
    let turned = Matrix(rows: up.columns, columns: up.rows, .f64)
    transpose(
      up.values, rows: up.rows, columns: up.columns, elementWidth: 8, into: turned.values)
    let product = try ProductFactoring(
      transposedUp: turned, down: try joined(products, ups: false, false).matrix(workspace))
    let rank = choice.rank(energies: product.energies, total: product.total, isComplete: true)
    return try lowRank(
      product.factors(rank: rank ?? product.energies.count, dtype: dtype), total: product.total,
      method: .exact, spool: spool)
  }

  private func factored(
    _ choice: RankChoice, spool: SpoolFile, workspace: Workspace
  ) throws -> Result {
    let result = try factorizer(choice).factor(
      change.formula, name: change.target.description, workspace: workspace)
    switch result.factoring {
    case .zero where dropsEqual: return Result(layer: layer(.equal))
    case .zero, .dense:
      var dense = dense()
      dense.layer.totalEnergy = result.total
      return dense
    case .lowRank(let factors):
      return try lowRank(factors, total: result.total, method: result.method, spool: spool)
    }
  }

  private func lowRank(
    _ factors: LowRankFactors, total: Double, method: FactoringMethod, spool: SpoolFile
  ) throws -> Result {
    var layer = layer(.lowRank)
    layer.rank = factors.rank
    layer.totalEnergy = total
    // Rounding can make a part a little larger than the whole.
    layer.capturedEnergy = total == 0 ? 1 : min(1, factors.energies.reduce(0, +) / total)
    layer.method = method
    let rank = factors.rank
    return Result(
      layer: layer,
      tensors: [
        try spool.keep(
          factors.up, "up", of: module, shape: change.upShape(rank: rank), dtype: dtype),
        try spool.keep(
          factors.down, "down", of: module, shape: change.downShape(rank: rank), dtype: dtype),
        .scalar(Double(rank), "alpha", of: module),
      ], tally: factors.tally)
  }
}
