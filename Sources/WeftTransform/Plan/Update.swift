package import WeftFiles
package import WeftTensors

/// A block of a stored tensor, seen as a matrix in the orientation of the output.
package struct StoredBlock: Sendable {
  /// The tensor that holds the block.
  package let tensor: Checkpoint.Tensor
  /// Where the block starts in the tensor, in elements.
  package let elementOffset: Int
  /// The rows of the block as the output needs it.
  package let rows: Int
  /// The columns of the block as the output needs it.
  package let columns: Int
  /// Whether the tensor stores the block's transpose, `[columns, rows]`.
  package let isTransposed: Bool

  /// Makes a block, which must lie within the tensor.
  package init(
    tensor: Checkpoint.Tensor, elementOffset: Int, rows: Int, columns: Int, isTransposed: Bool
  ) {
    self.tensor = tensor
    self.elementOffset = elementOffset
    self.rows = rows
    self.columns = columns
    self.isTransposed = isTransposed
  }

  /// The number of elements.
  package var elementCount: Int { rows * columns }

  /// Whether both are the same elements of the same file, in the same orientation.
  func isSame(as other: StoredBlock) -> Bool {
    tensor.info == other.tensor.info && tensor.offset == other.tensor.offset
      && tensor.source.path == other.tensor.source.path && elementOffset == other.elementOffset
      && rows == other.rows && columns == other.columns && isTransposed == other.isTransposed
  }

  /// The type of the stored elements.
  package var dtype: DType { tensor.info.dtype }
}

/// A pair of factors whose product is added: `scale · up · down`.
package struct ProductTerm: Sendable {
  /// The factor with the output's rows, `[rows, rank]`.
  package let up: Factor
  /// The factor with the output's columns, `[rank, columns]`.
  package let down: Factor
  /// The inner dimension.
  package let rank: Int
  /// Strength times alpha over rank.
  package let scale: Double
  /// Whether the product is the transpose of what the output needs.
  package let isTransposed: Bool

  /// Makes a term in the orientation of the output.
  package init(
    up: Factor, down: Factor, rank: Int, scale: Double, isTransposed: Bool = false
  ) {
    self.up = up
    self.down = down
    self.rank = rank
    self.scale = scale
    self.isTransposed = isTransposed
  }
}

/// A tensor that is added with a factor.
package struct DenseTerm: Sendable {
  /// The values, in the orientation of the output.
  package let block: StoredBlock
  /// Their factor.
  package let coefficient: Double

  /// Makes a term.
  package init(block: StoredBlock, coefficient: Double) {
    self.block = block
    self.coefficient = coefficient
  }
}

/// A computed matrix that is added with a factor.
package struct FormulaTerm: Sendable {
  /// The matrix, in the orientation of the output.
  package let formula: any MatrixFormula
  /// Its factor.
  package let coefficient: Double

  /// Makes a term.
  package init(formula: any MatrixFormula, coefficient: Double) {
    self.formula = formula
    self.coefficient = coefficient
  }
}

/// A sum: `baseCoefficient · base + Σ dense + Σ formulas + Σ low-rank products`, in float64, rounded once.
package struct Update: Sendable {
  /// The factor of the base's own values; 0 when they are replaced.
  package var baseCoefficient = 1.0
  /// What is added as it is, in order.
  package var dense: [DenseTerm] = []
  /// What is computed and added, in order.
  package var formulas: [FormulaTerm] = []
  /// What is added as products, in order.
  package var products: [ProductTerm] = []

  /// Makes an update that changes nothing.
  package init() {}

  /// Whether every value stays as it is.
  package var isIdentity: Bool {
    baseCoefficient == 1 && dense.isEmpty && formulas.isEmpty && products.isEmpty
  }

  /// Whether nothing has to be computed before the values can be summed.
  package var isDirect: Bool { formulas.isEmpty }
}

extension Update {
  /// The same update for a layout that stores the transpose.
  var transposed: Update {
    var result = Update()
    result.baseCoefficient = baseCoefficient
    result.dense = dense.map {
      DenseTerm(block: $0.block.transposed, coefficient: $0.coefficient)
    }
    result.formulas = formulas.map {
      FormulaTerm(formula: TransposedMatrix($0.formula), coefficient: $0.coefficient)
    }
    result.products = products.map { term in
      ProductTerm(
        up: term.up, down: term.down, rank: term.rank, scale: term.scale,
        isTransposed: !term.isTransposed)
    }
    return result
  }

  /// The same update with its tensors replaced by others of the same shapes and types.
  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> Update {
    var result = self
    result.dense = dense.map {
      DenseTerm(block: $0.block.reading(moved), coefficient: $0.coefficient)
    }
    result.formulas = formulas.map {
      FormulaTerm(formula: $0.formula.reading(moved), coefficient: $0.coefficient)
    }
    result.products = products.map {
      ProductTerm(
        up: $0.up.reading(moved), down: $0.down.reading(moved), rank: $0.rank, scale: $0.scale,
        isTransposed: $0.isTransposed)
    }
    return result
  }
}

extension StoredBlock {
  /// The same values in the other orientation.
  var transposed: StoredBlock {
    StoredBlock(
      tensor: tensor, elementOffset: elementOffset, rows: columns, columns: rows,
      isTransposed: !isTransposed)
  }
}
