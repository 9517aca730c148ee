package import WeftFiles
import WeftKernels
import WeftTensors

/// The leading part of a stored matrix: what its r greatest singular values make with their vectors,
/// `U_r · diag(s_r) · V_rᵀ`.
///
/// It is computed as a projection, `W · V_r · V_rᵀ` for a matrix `[m, n]` with m >= n and `U_r · U_rᵀ · W` for another one, so
/// that the signs of the vectors do not matter. The vectors are the eigenvectors of the smaller Gram matrix, in float64, by
/// LAPACK. W is read twice, in blocks.
package struct LeadingPart: MatrixFormula {
  /// The matrix W.
  package let block: StoredBlock
  /// The number of singular values r; all of them when there are no more.
  package let rank: Int

  /// Makes the part of so many singular values.
  package init(block: StoredBlock, rank: Int) {
    self.block = block
    self.rank = rank
  }

  /// The rows of the matrix.
  package var rows: Int { block.rows }
  /// The columns of the matrix.
  package var columns: Int { block.columns }
  /// The matrix.
  package var operands: [any MatrixFormula] { [StoredMatrix(block)] }

  /// The Gram matrix with what its decomposition needs, a block of W, and the two factors with their packed copies.
  package var byteCount: Int {
    guard rank < side else { return 0 }
    return 32 * side * side
      + BlockedMatrix.byteCount(rows: rows, columns: columns, heldByteCount: 0)
      + 8 * rank * (rows + columns + 2 * side)
      + LowRankOperand.byteCount(rows: rows, columns: columns, rank: rank)
  }

  private var side: Int { min(rows, columns) }
  private var isTall: Bool { rows >= columns }

  /// The leading part of another tensor.
  package func reading(
    _ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor
  ) -> any MatrixFormula { LeadingPart(block: block.reading(moved), rank: rank) }

  /// Finds the vectors and makes the two factors.
  ///
  /// - Throws: when the matrix is not finite, whether that is allowed or not, since it has no singular values then.
  package func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    guard rank < side else { return StoredMatrix(block) }
    let matrix = try BlockedMatrix(StoredMatrix(block), workspace: workspace, heldByteCount: 0)
    // Matrices of ever other sizes would leave gaps in memory that is kept for the next use.
    FreedMemory.giveBack()
    let vectors = try vectors(matrix)  // [rank, side]
    let turned = ByteBuffer(byteCount: vectors.values.byteCount, isZeroed: false).all
    transpose(vectors.values, rows: rank, columns: side, elementWidth: 8, into: turned)
    let longer = ByteBuffer(byteCount: 8 * rank * max(rows, columns), isZeroed: false).all
    try matrix.eachWideBlock(ofRows: isTall) { tile, values in
      try project(values, tile, vectors.values, turned, into: longer, workspace)
    }
    let (up, down) = isTall ? (longer, vectors.values) : (turned, longer)
    let term = LowRankTerm(up: up, .f64, down: down, .f64, rank: rank, scale: 1)
    return Prepared(
      rows: rows, columns: columns,
      product: try PreparedProduct(rows: rows, columns: columns, terms: [term], workspace))
  }

  /// The first eigenvectors of the smaller Gram matrix, as rows.
  private func vectors(_ matrix: BlockedMatrix) throws -> Matrix {
    let gram = Matrix(rows: side, columns: side, .f64)
    try matrix.eachWideBlock(ofRows: isTall) { tile, values in
      try gram.addGram(
        of: values, rows: tile.rows.count, columns: tile.columns.count, ofColumns: isTall)
    }
    // Every value has its square on the diagonal.
    guard (0..<side).allSatisfy({ gram[$0, $0].isFinite }) else {
      let name = block.tensor.info.name
      throw NonFiniteValues(
        inputs: [name], overflows: [], paths: [name: block.tensor.source.path])
    }
    return try SymmetricEigen(overwriting: gram).vectors.prefix(rank)
  }

  /// Rows of W times the vectors, or the vectors times columns of W.
  private func project(
    _ values: ByteSlice, _ tile: Tile, _ vectors: ByteSlice, _ turned: ByteSlice,
    into longer: ByteSlice, _ workspace: Workspace
  ) throws {
    if isTall {
      let part = longer.elements(tile.rows.lowerBound * rank..<tile.rows.upperBound * rank)
      return try workspace.product(
        values, turned, into: part, rows: tile.rows.count, inner: side, columns: rank)
    }
    let part = Tile(rows: 0..<rank, columns: tile.columns)
    try workspace.withElements(part.elementCount) { product in
      try workspace.product(
        vectors, values, into: product, rows: rank, inner: side, columns: tile.columns.count)
      longer.copy(part, of: product, within: Tile(rows: 0..<rank, columns: 0..<columns))
    }
  }

  private struct Prepared: PreparedMatrix {
    let rows: Int
    let columns: Int
    let product: PreparedProduct

    func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
      target.setZero()
      try product.add(tile, to: target, workspace)
    }
  }
}
