import WeftFiles
import WeftFormats
import WeftTensors

/// Adds up what adapters do to each tensor of a model, as changes that one adapter can carry.
struct ChangeBuilder {
  let base: BaseModel
  /// Whether the model has no data, so that nothing may depend on it.
  let isBlank: Bool

  /// The changes in the order of the tensors' names.
  func changes(_ contributions: [Contribution]) throws -> [TensorChange] {
    let effective = contributions.filter { !$0.isIdentity }
    return try Dictionary(grouping: effective, by: \.target)
      .sorted { $0.key < $1.key }
      .compactMap { target, group in
        guard let stored = base.stored[target] else { return nil }
        return TensorChange(
          target: target, shape: stored.shape, isNorm: base.isNorm(target),
          kind: try kind(group, stored),
          dtype: DType.widest(group.map(\.change.dtype)))
      }
  }

  private func kind(
    _ group: [Contribution], _ stored: BaseModel.Stored
  ) throws -> TensorChange.Kind {
    let products = group.compactMap(\.change.product)
    if products.count == group.count { return .products(products) }
    let block = stored.block()
    guard group.contains(where: { $0.replaces || $0.isNonlinear }) else {
      var sum = ComputedValue(SumMatrix(rows: block.rows, columns: block.columns, Update()))
      for contribution in group { try sum.apply(contribution.change) }
      return .sum(sum.formula)
    }
    if isBlank { try refuse(group) }
    let builder = ValueBuilder { _ in ComputedValue(block) }
    guard let target = group.first?.target, let value = try builder.values(group)[target] else {
      return .products([])
    }
    var update = Update()
    update.formulas = [FormulaTerm(formula: value.formula, coefficient: 1)]
    update.dense = [DenseTerm(block: block, coefficient: -1)]
    return .sum(SumMatrix(rows: block.rows, columns: block.columns, update))
  }

  private func refuse(_ group: [Contribution]) throws {
    guard let first = group.first(where: { $0.replaces || $0.isNonlinear }) else { return }
    throw TransformError.refused(
      "what it does depends on the model's own weights (\(first.ruleText))", at: first.origin,
      advice: "give the model that it is for with --base")
  }
}

extension Contribution.Change {
  /// The change as a product of two factors; nil for another.
  fileprivate var product: ProductTerm? {
    guard case .lowRank(let up, let down, let rank, let scale) = self else { return nil }
    return ProductTerm(up: up, down: down, rank: rank, scale: scale)
  }

  /// The type of the adapter's tensors; F32 for what is computed.
  fileprivate var dtype: DType {
    switch self {
    case .lowRank(.stored(let up), .stored(let down), _, _):
      DType.widest([up.info.dtype, down.info.dtype])
    case .add(let tensor, _), .blend(let tensor, _): DType.widest([tensor.info.dtype])
    case .lowRank, .addMatrix, .difference, .transform: .f32
    }
  }
}

extension DType {
  /// A type that holds the values of all: the common one of 16 bits, F32 otherwise.
  static func widest(_ types: [DType]) -> DType {
    guard let first = types.first, types.allSatisfy({ $0 == first }), first.byteWidth == 2 else {
      return .f32
    }
    return first
  }
}
