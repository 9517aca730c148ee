import WeftKernels
import WeftTensors

/// The truncated singular value decomposition by the eigenvectors of the smaller Gram matrix, in float64.
///
/// With D [m, n], m >= n, and `DᵀD = V · diag(s²) · Vᵀ`, the factors are `up = D · V_r · diag(s)^-½` and
/// `down = diag(s)^½ · V_rᵀ`: their product is the projection of D onto the first r right vectors, which is as close to D
/// as rank r can be (Eckart and Young). Singular values below 1e-7 of the greatest are taken as none. D is read twice, in
/// blocks. Memory: 32 bytes times the square of the smaller side, and the factors.
struct ExactFactoring {
  let matrix: BlockedMatrix
  let choice: RankChoice
  let dtype: DType

  private var isTall: Bool { matrix.rows >= matrix.columns }

  static func byteCount(rows: Int, columns: Int, choice: RankChoice) -> Int {
    let side = min(rows, columns)
    // Factors that take as much room as the matrix are not made.
    let largestRank = min(
      rows * columns / max(1, rows + columns), choice.fixedRank ?? choice.maximum)
    return 32 * side * side + largestRank * (4 * (rows + columns) + 8 * side)
  }

  /// The factors; `total` is the sum of all squares.
  func factor(total: Double) throws -> Factoring {
    let side = min(matrix.rows, matrix.columns)
    let eigen = try SymmetricEigen(overwriting: try gram(side))
    let energies = eigen.values.map { max(0, $0) }
    guard let rank = choice.rank(energies: energies, total: total, isComplete: true) else {
      return .dense(rank: side)
    }
    guard rank * (matrix.rows + matrix.columns) < matrix.rows * matrix.columns else {
      return .dense(rank: rank)
    }
    return .lowRank(
      try factors(eigen.vectors.prefix(rank), energies: Array(energies.prefix(rank))))
  }

  private func gram(_ side: Int) throws -> Matrix {
    let gram = Matrix(rows: side, columns: side, .f64)
    try matrix.eachWideBlock(ofRows: isTall) { tile, values in
      try gram.addGram(
        of: values, rows: tile.rows.count, columns: tile.columns.count, ofColumns: isTall)
    }
    return gram
  }

  /// The factors for the kept vectors, [rank, side].
  private func factors(_ vectors: Matrix, energies: [Double]) throws -> LowRankFactors {
    let roots = energies.map { $0.squareRoot().squareRoot() }
    let projector = vectors.prefix(vectors.rows)
    projector.scaleRows(by: roots.map { 1 / $0 })
    vectors.scaleRows(by: roots)
    let rank = vectors.rows
    var tally = Tally()
    let width = dtype.byteWidth ?? 1
    let longer = ByteBuffer(
      byteCount: rank * max(matrix.rows, matrix.columns) * width, isZeroed: false)
    try matrix.eachWideBlock(ofRows: isTall) { tile, values in
      try project(values, tile, projector, into: longer, tally: &tally)
    }
    let side = isTall ? vectors : Self.transposed(vectors)
    let shorter = ByteBuffer(byteCount: side.elementCount * width, isZeroed: false)
    Kernels.best.convert(side.values, .f64, into: shorter.all, dtype, tally: &tally)
    return LowRankFactors(
      up: isTall ? longer : shorter, down: isTall ? shorter : longer, dtype: dtype, rank: rank,
      energies: energies, tally: tally)
  }

  /// Writes the rows of up, or the columns of down, that follow from a block.
  private func project(
    _ values: ByteSlice, _ tile: Tile, _ projector: Matrix, into longer: ByteBuffer,
    tally: inout Tally
  ) throws {
    let (rank, width) = (projector.rows, dtype.byteWidth ?? 1)
    let block = MatrixView(
      values: values, dtype: .f64, rows: tile.rows.count, columns: tile.columns.count,
      stride: tile.columns.count, isTransposed: false)
    if isTall {
      let part = try Matrix.product(block, projector.view.transposed)  // [block rows, rank]
      let range = tile.rows.lowerBound * rank * width..<tile.rows.upperBound * rank * width
      Kernels.best.convert(part.values, .f64, into: longer[range], dtype, tally: &tally)
      return
    }
    let part = try Matrix.product(projector.view, block)  // [rank, block columns]
    for row in 0..<rank {
      let first = (row * matrix.columns + tile.columns.lowerBound) * width
      Kernels.best.convert(
        part.values(rows: row..<row + 1), .f64,
        into: longer[first..<first + tile.columns.count * width], dtype, tally: &tally)
    }
  }

  private static func transposed(_ matrix: Matrix) -> Matrix {
    let result = Matrix(rows: matrix.columns, columns: matrix.rows, .f64)
    transpose(
      matrix.values, rows: matrix.rows, columns: matrix.columns, elementWidth: 8,
      into: result.values)
    return result
  }
}
