import WeftFormats
import WeftTensors

/// What an adapter that is being written does to one tensor of the model.
struct TensorChange: Sendable {
  /// The change of a tensor, seen as a matrix; vectors are one row.
  enum Kind: Sendable {
    /// Low-rank products are added, in this order.
    case products([ProductTerm])
    /// A matrix is added.
    case sum(any MatrixFormula)
    /// A matrix takes the tensor's place.
    case replacement(any MatrixFormula)
  }

  let target: CanonicalName
  let shape: Shape
  /// Whether the tensor is a norm's gain or bias.
  let isNorm: Bool
  let kind: Kind
  /// The type in which the change is written unless the user wants another.
  let dtype: DType

  /// The rows of the tensor as a matrix.
  var rows: Int { shape.rank > 1 ? shape.rowCount : 1 }
  /// The columns of the tensor as a matrix.
  var columns: Int { (shape.checkedElementCount ?? 0) / max(1, rows) }

  /// What is added or put in place, as one matrix.
  var formula: any MatrixFormula {
    switch kind {
    case .sum(let formula), .replacement(let formula): return formula
    case .products(let products):
      var update = Update()
      update.products = products
      return SumMatrix(rows: rows, columns: columns, update)
    }
  }

  /// Whether the tensor is a convolution of more than one tap.
  var isConvolution: Bool { shape.rank > 2 && shape.withoutTrailingOnes.rank > 2 }

  /// What a change that is written whole is called in an adapter.
  var role: String {
    let isBias = target.path.hasSuffix(".bias")
    if isNorm { return isBias ? "b_norm" : "w_norm" }
    return isBias ? "diff_b" : "diff"
  }

  /// The shape of the factor with the outputs, `[O, r]` or `[O, r, 1, 1]`.
  func upShape(rank: Int) -> Shape {
    Shape([rows, rank] + shape.dimensions.dropFirst(2).map { _ in 1 })
  }

  /// The shape of the factor with the inputs, `[r, I]` or `[r, I, kh, kw]`.
  func downShape(rank: Int) -> Shape { Shape([rank] + shape.dimensions.dropFirst()) }
}

extension BaseModel {
  /// Whether a tensor belongs to a norm: its module's weight is a vector.
  func isNorm(_ name: CanonicalName) -> Bool {
    stored[name.module.tensor("weight")]?.shape.rank == 1
  }
}
