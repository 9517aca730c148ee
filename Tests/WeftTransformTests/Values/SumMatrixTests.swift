import Testing
import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Matrices that are made on demand")
struct SumMatrixTests {
  /// A file with a matrix of whole numbers and the factors of a product of rank 2.
  private struct Material {
    let workshop: Workshop
    let checkpoint: Checkpoint
    static let (rows, columns) = (6, 10)

    init() throws {
      workshop = try Workshop()
      let path = try workshop.writeAdapter([
        ("weight", [6, 10], (0..<60).map(Float.init)),
        ("up", [6, 2], Workshop.values(12, seed: 1)),
        ("down", [2, 10], Workshop.values(20, seed: 2)),
        ("other", [6, 10], Workshop.values(60, seed: 3)),
      ])
      checkpoint = try Checkpoint.open(path)
    }

    func tensor(_ name: String) throws -> Checkpoint.Tensor { try #require(checkpoint[name]) }

    func stored(_ name: String) throws -> StoredMatrix {
      StoredMatrix(
        StoredBlock(
          tensor: try tensor(name), elementOffset: 0, rows: 6, columns: 10, isTransposed: false))
    }

    /// 0.5 · weight + 2 · other + 0.25 · up · down, and 3 · weight as a formula.
    func sum() throws -> SumMatrix {
      var update = Update()
      update.baseCoefficient = 0.5
      update.dense = [DenseTerm(block: try stored("other").block, coefficient: 2)]
      update.formulas = [FormulaTerm(formula: try stored("weight"), coefficient: 3)]
      update.products = [
        ProductTerm(
          up: .stored(try tensor("up")), down: .stored(try tensor("down")), rank: 2, scale: 0.25)
      ]
      return SumMatrix(try stored("weight"), update)
    }

    func expected() throws -> [Double] {
      let (weight, other) = (try tensor("weight").doubles(), try tensor("other").doubles())
      let (up, down) = (try tensor("up").doubles(), try tensor("down").doubles())
      return (0..<60).map { index in
        let product = (0..<2).reduce(0.0) {
          $0 + up[index / 10 * 2 + $1] * down[$1 * 10 + index % 10]
        }
        return 0.5 * weight[index] + 2 * other[index] + 3 * weight[index] + 0.25 * product
      }
    }
  }

  private func values(_ formula: any MatrixFormula, _ workspace: Workspace) throws -> [Double] {
    let matrix = try formula.prepare(workspace)
    let target = ByteBuffer(byteCount: formula.elementCount * 8).all
    try matrix.read(
      Tile(rows: 0..<formula.rows, columns: 0..<formula.columns), into: target, workspace)
    return target.doubles
  }

  @Test("a sum is its formula, both ways to compute it", arguments: [false, true])
  func sum(isReference: Bool) throws {
    let material = try Material()
    let found = try values(
      material.sum(), Workspace(kernels: .best, isReference: isReference))
    // Values below 300, summed in float64 in another order.
    let tolerance = 1e-12
    #expect(zip(found, try material.expected()).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test("any rectangle is that part of the whole, of transposes too")
  func rectangles() throws {
    let material = try Material()
    let sum = try material.sum()
    let workspace = Workspace(kernels: .best)
    for formula in [sum, TransposedMatrix(sum), try material.stored("weight")]
      as [any MatrixFormula]
    {
      let whole = try values(formula, workspace)
      let matrix = try formula.prepare(workspace)
      let tile = Tile(rows: 2..<5, columns: 1..<4)
      let part = ByteBuffer(byteCount: tile.elementCount * 8).all
      try matrix.read(tile, into: part, workspace)
      let expected = tile.rows.flatMap { row in
        tile.columns.map { whole[row * formula.columns + $0] }
      }
      #expect(part.doubles == expected)
    }
  }

  @Test("a transpose has the values of its original")
  func transpose() throws {
    let sum = try Material().sum()
    let workspace = Workspace(kernels: .best)
    let (plain, turned) = (try values(sum, workspace), try values(TransposedMatrix(sum), workspace))
    let expected = (0..<60).map { index -> Double in
      let (column, row) = index.quotientAndRemainder(dividingBy: 6)
      return plain[row * 10 + column]
    }
    #expect(turned == expected)
  }

  @Test("a factor that is not finite is named")
  func poison() throws {
    let workshop = try Workshop()
    let path = try workshop.writeAdapter([("up", [1, 1], [.nan])])
    let up = try #require(try Checkpoint.open(path)["up"])
    #expect(throws: NonFiniteValues.self) {
      try Factor.stored(up).load(Workspace(kernels: .best))
    }
    _ = try Factor.stored(up).load(Workspace(kernels: .best, allowsNonFinite: true))
  }
}
