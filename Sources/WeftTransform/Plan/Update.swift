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

  /// The number of elements.
  package var elementCount: Int { rows * columns }

  /// The type of the stored elements.
  package var dtype: DType { tensor.info.dtype }
}

/// A pair of factors whose product is added: `scale · up · down`.
package struct ProductTerm: Sendable {
  /// The factor with the output's rows, `[rows, rank]`.
  package let up: Checkpoint.Tensor
  /// The factor with the output's columns, `[rank, columns]`.
  package let down: Checkpoint.Tensor
  /// The inner dimension.
  package let rank: Int
  /// Strength times alpha over rank.
  package let scale: Double
  /// Whether the product is the transpose of what the output needs.
  package let isTransposed: Bool
}

/// A tensor that is added with a factor.
package struct DenseTerm: Sendable {
  /// The values, in the orientation of the output.
  package let block: StoredBlock
  /// Their factor.
  package let coefficient: Double
}

/// How the values of a block change: `baseCoefficient · base + Σ dense + Σ low-rank`, in float64, rounded once.
package struct Update: Sendable {
  /// The factor of the base's own values; 0 when they are replaced.
  package var baseCoefficient = 1.0
  /// What is added as it is, in order.
  package var dense: [DenseTerm] = []
  /// What is added as products, in order.
  package var products: [ProductTerm] = []

  /// Makes an update that changes nothing.
  package init() {}
}
