import Testing
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Matrices are factored to a rank")
struct FactoringTests {
  /// What F32 factors of a matrix of rank lose of its squared norm, at most.
  static let roundingLoss = 1e-10

  @Test(
    "exactly, when the rank is that of the matrix",
    arguments: [(40, 90), (90, 40), (60, 60), (1500, 700)], [FactoringMethod.exact, .randomized])
  func wholeRank(size: (Int, Int), method: FactoringMethod) throws {
    let planted = Planted(rows: size.0, columns: size.1, rank: 6, noise: 0)
    let result = try planted.factor(method, .rank(6))
    guard case .lowRank(let factors) = result.factoring else {
      Issue.record("\(result.factoring)")
      return
    }
    #expect(factors.rank == 6)
    #expect(planted.captured(factors) > 1 - Self.roundingLoss)
  }

  @Test("what is said to be captured is captured", arguments: [FactoringMethod.exact, .randomized])
  func captured(method: FactoringMethod) throws {
    let planted = Planted(rows: 120, columns: 300, rank: 20, noise: 0.2)
    let result = try planted.factor(method, .rank(8))
    guard case .lowRank(let factors) = result.factoring else {
      Issue.record("\(result.factoring)")
      return
    }
    let stated = factors.energies.reduce(0, +) / result.total
    // Sums of float32 in the randomized way.
    #expect(abs(planted.captured(factors) - stated) < 1e-6)
    #expect(result.method == method)
  }

  @Test("a random range captures nearly what is to be had", arguments: [0.05, 0.3, 1])
  func randomized(noise: Float) throws {
    let planted = Planted(rows: 200, columns: 260, rank: 32, noise: noise)
    func energy(_ method: FactoringMethod) throws -> Double {
      let result = try planted.factor(method, .rank(16))
      guard case .lowRank(let factors) = result.factoring else { return 0 }
      return factors.energies.reduce(0, +) / result.total
    }
    let (exact, found) = (try energy(.exact), try energy(.randomized))
    #expect(found <= exact + 1e-6)
    // The half of a percentage point that is promised.
    #expect(exact - found < 0.005)
  }

  @Test("the rank follows from the energy in both ways")
  func energy() throws {
    let planted = Planted(rows: 700, columns: 420, rank: 30, noise: 0.05)
    var ranks: [Int] = []
    for method in [FactoringMethod.exact, .randomized] {
      let result = try planted.factor(method, .energy(0.9))
      guard case .lowRank(let factors) = result.factoring else { continue }
      ranks.append(factors.rank)
      #expect(planted.captured(factors) >= 0.9 - 1e-6)
    }
    #expect(ranks.count == 2 && abs(ranks[0] - ranks[1]) <= 1, "\(ranks)")
  }

  @Test("a matrix of zeros has no factors, and one of full rank takes less room as it is")
  func edges() throws {
    let zero = Planted(rows: 30, columns: 20, rank: 1, noise: 0, seed: 0)
    let empty = Planted(rows: zero.rows, columns: zero.columns, rank: 0, noise: 0)
    guard case .zero = try empty.factor(.auto, .rank(4)).factoring else {
      Issue.record("zeros have factors")
      return
    }
    let full = Planted(rows: 30, columns: 20, rank: 20, noise: 1)
    let rules: [RankChoice.Rule] = [.rank(20), .energy(1), .rank(12)]
    for rule in rules {
      guard case .dense = try full.factor(.auto, rule).factoring else {
        Issue.record("\(rule) has factors")
        continue
      }
    }
  }

  @Test("factors are balanced: neither is larger than the other")
  func balance() throws {
    let planted = Planted(rows: 64, columns: 64, rank: 5, noise: 0)
    guard case .lowRank(let factors) = try planted.factor(.exact, .rank(5)).factoring else {
      Issue.record("no factors")
      return
    }
    func norm(_ buffer: ByteBuffer) -> Float {
      planted.floats(buffer).reduce(0) { $0 + $1 * $1 }
    }
    // Both have the sum of the singular values as their squared norm.
    #expect(abs(norm(factors.up) / norm(factors.down) - 1) < 1e-4)
  }
}
