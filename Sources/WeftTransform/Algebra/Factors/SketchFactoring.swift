import WeftKernels
import WeftTensors

/// The truncated singular value decomposition of a random projection, in float32.
///
/// The range of D [m, n] is found by subspace iteration from random signs (Halko, Martinsson and Tropp, algorithm 4.4):
/// `Q = orth(D · orth(Dᵀ · orth(... D · Ω)))`. The factors are the best ones in that range: with `B = Qᵀ · D` and the
/// eigenvectors W of `B · Bᵀ`, `up = Q · W_r · diag(s)^½` and `down = diag(s)^-½ · W_rᵀ · B`. What they capture is
/// measured, not estimated. Memory: the sketch's rank times 8m + 12n bytes.
/// Source: https://arxiv.org/abs/0909.4061
struct SketchFactoring {
  /// How often the range is refined: with a sketch of twice the rank this leaves less than 0.2 percentage points of the
  /// energy of flat spectra to be had.
  static let refinementCount = 2

  let matrix: BlockedMatrix
  /// What the random signs follow from, so that neither threads nor order matter.
  let name: String
  let choice: RankChoice
  let dtype: DType

  /// The rank of the sketch for a rank that is wanted.
  static func sketchRank(for rank: Int) -> Int { rank + max(16, rank) }

  static func byteCount(rows: Int, columns: Int, sketchRank: Int) -> Int {
    sketchRank * (8 * rows + 12 * columns)
  }

  /// The factors, or nil when a sketch of this rank has too few singular values for the choice.
  func factor(sketchRank: Int, total: Double) throws -> Factoring? {
    let (range, image) = try rangeAndImage(sketchRank)
    let gram = Matrix(rows: sketchRank, columns: sketchRank, .f64)
    try gram.addGram(
      of: image.converted(to: .f64).values, rows: image.rows, columns: image.columns,
      ofColumns: false)
    let eigen = try SymmetricEigen(overwriting: gram)
    let energies = eigen.values.map { max(0, $0) }
    guard let rank = choice.rank(energies: energies, total: total, isComplete: false) else {
      return nil
    }
    guard rank * (matrix.rows + matrix.columns) < matrix.rows * matrix.columns else {
      return .dense(rank: rank)
    }
    let vectors = eigen.vectors.prefix(rank)  // [rank, sketch]
    let roots = energies.prefix(rank).map { $0.squareRoot().squareRoot() }
    let divided = vectors.prefix(rank)
    divided.scaleRows(by: roots.map { 1 / $0 })
    vectors.scaleRows(by: roots)
    let up = try Matrix.product(  // [rows, rank]
      range.view.transposed, vectors.converted(to: .f32).view.transposed)
    let down = try Matrix.product(divided.converted(to: .f32).view, image.view)
    return .lowRank(
      LowRankFactors(up: up, down: down, energies: Array(energies.prefix(rank)), dtype: dtype))
  }

  /// The orthonormal range as rows, [sketch, m], and its image `Qᵀ · D`, [sketch, n].
  private func rangeAndImage(_ sketchRank: Int) throws -> (Matrix, Matrix) {
    var probe = SignSketch.matrix(rows: sketchRank, columns: matrix.columns, name: name)
    for _ in 0..<Self.refinementCount {
      probe = try image(of: try range(of: probe))
      try probe.orthonormalizeRows()
    }
    let range = try range(of: probe)
    return (range, try image(of: range))
  }

  /// `orth(D · probeᵀ)` as rows, [sketch, m], for a probe [sketch, n].
  private func range(of probe: Matrix) throws -> Matrix {
    let range = Matrix(rows: probe.rows, columns: matrix.rows, .f32)
    try matrix.eachNarrowBlock { rows, block in
      try range.view(columns: rows).set(probe.view, times: block.transposed)
    }
    try range.orthonormalizeRows()
    return range
  }

  /// `rangeᵀ · D`, [sketch, n], for a range as rows.
  private func image(of range: Matrix) throws -> Matrix {
    let image = Matrix(rows: range.rows, columns: matrix.columns, .f32)
    try matrix.eachNarrowBlock { rows, block in
      try image.view.set(range.view(columns: rows), times: block, beta: 1)
    }
    return image
  }
}
