import WeftKernels

extension Update {
  /// Reads the factors of all products and prepares them for a block of the output.
  func operand(rows: Int, columns: Int, _ workspace: Workspace) throws -> LowRankOperand {
    LowRankOperand(rows: rows, columns: columns, terms: try terms(workspace))
  }

  /// The factors of all products.
  func terms(_ workspace: Workspace) throws -> [LowRankTerm] {
    try products.map { product in
      let (up, down) = (try product.up.load(workspace), try product.down.load(workspace))
      return LowRankTerm(
        up: up.values, up.dtype, down: down.values, down.dtype, rank: product.rank,
        scale: product.scale, transposed: product.isTransposed)
    }
  }
}
