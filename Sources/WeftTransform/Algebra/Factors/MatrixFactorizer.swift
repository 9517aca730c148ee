import WeftKernels
package import WeftTensors

/// How a matrix is factored.
package enum FactoringMethod: String, Sendable, CaseIterable {
  /// Exactly where the smaller side is small, by a random projection elsewhere.
  case auto
  /// By the eigenvectors of the Gram matrix in float64.
  case exact
  /// By a random projection wherever that is less work than the exact way.
  case randomized
}

/// Factors matrices to a rank that a choice decides.
package struct MatrixFactorizer: Sendable {
  /// The smaller side up to which `auto` is exact: a hundredth of a second.
  private static let exactSide = 384
  /// The largest matrix that is kept in memory between its reads, in bytes of float32: two of them leave room for what
  /// is made of them.
  private static let heldByteCount = 60 << 20
  /// The first guess of a rank that depends on the values.
  private static let firstGuess = 64

  private let method: FactoringMethod
  private let choice: RankChoice
  private let dtype: DType

  /// Makes a factorizer whose factors have a type.
  package init(method: FactoringMethod, choice: RankChoice, dtype: DType) {
    self.method = method
    self.choice = choice
    self.dtype = dtype
  }

  /// What was made of a matrix, and how.
  package struct Result: Sendable {
    /// The factors, or why there are none.
    package let factoring: Factoring
    /// The sum of the matrix' squares.
    package let total: Double
    /// How the factors were found.
    package let method: FactoringMethod
  }

  /// Factors a matrix; random signs follow from `name`.
  package func factor(
    _ formula: any MatrixFormula, name: String, workspace: Workspace
  ) throws -> Result {
    let matrix = try BlockedMatrix(
      formula, workspace: workspace, heldByteCount: heldByteCount(formula))
    let total = try matrix.survey()
    guard total != 0 else { return Result(factoring: .zero, total: 0, method: .exact) }
    guard total.isFinite else {
      throw NonFiniteValues(
        inputs: [name], overflows: [], paths: formula.firstSourcePath.map { [name: $0] } ?? [:])
    }
    let (rows, columns) = (matrix.rows, matrix.columns)
    if let rank = choice.fixedRank, rank * (rows + columns) >= rows * columns {
      return Result(factoring: .dense(rank: rank), total: total, method: .exact)
    }
    for sketchRank in sketchRanks(rows: rows, columns: columns) {
      let sketch = SketchFactoring(matrix: matrix, name: name, choice: choice, dtype: dtype)
      if let factoring = try sketch.factor(sketchRank: sketchRank, total: total) {
        return Result(factoring: factoring, total: total, method: .randomized)
      }
    }
    let exact = ExactFactoring(matrix: matrix, choice: choice, dtype: dtype)
    return Result(
      factoring: try exact.factor(total: total), total: total, method: .exact)
  }

  /// The ranks of the sketches that are worth trying, ascending; none when the exact way is as cheap.
  private func sketchRanks(rows: Int, columns: Int) -> [Int] {
    let side = min(rows, columns)
    guard method != .exact, method == .randomized || side > Self.exactSide else { return [] }
    var ranks: [Int] = []
    var guess = choice.fixedRank ?? min(Self.firstGuess, choice.maximum)
    // A sketch of more than a third of the side costs more than the exact way.
    while SketchFactoring.sketchRank(for: guess) * 3 <= side {
      ranks.append(SketchFactoring.sketchRank(for: guess))
      guard choice.fixedRank == nil, guess < choice.maximum else { break }
      guess = min(guess * 2, choice.maximum)
    }
    return ranks
  }

  /// The memory that factoring a matrix takes at most, in bytes.
  func byteCount(of formula: any MatrixFormula) -> Int {
    let (rows, columns) = (formula.rows, formula.columns)
    let ranks = sketchRanks(rows: rows, columns: columns)
    let sketch = ranks.last.map {
      SketchFactoring.byteCount(rows: rows, columns: columns, sketchRank: $0)
    }
    let isExact = ranks.isEmpty || choice.fixedRank == nil
    let exact =
      isExact ? ExactFactoring.byteCount(rows: rows, columns: columns, choice: choice) : 0
    return formula.totalByteCount + max(sketch ?? 0, exact)
      + BlockedMatrix.byteCount(
        rows: rows, columns: columns, heldByteCount: heldByteCount(formula))
  }

  /// Only random projections read a matrix more than three times.
  private func heldByteCount(_ formula: any MatrixFormula) -> Int {
    sketchRanks(rows: formula.rows, columns: formula.columns).isEmpty ? 0 : Self.heldByteCount
  }
}
