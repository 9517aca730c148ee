import Testing
import WeftTransform

@Suite("The rank of a choice is the smallest that fulfils it")
struct RankChoiceTests {
  /// Squares of the singular values 4, 3, 2, 1: their sum is 30.
  static let energies: [Double] = [16, 9, 4, 1]

  /// A criterion and the rank that it gives.
  struct Case: Sendable {
    let rule: RankChoice.Rule
    let rank: Int

    init(_ rule: RankChoice.Rule, _ rank: Int) { (self.rule, self.rank) = (rule, rank) }
  }

  static let two = (25.0 / 30.0).squareRoot()
  static let cases: [Case] = [
    Case(.rank(1), 1), Case(.rank(3), 3), Case(.rank(9), 4), Case(.energy(0.533), 1),
    Case(.energy(0.534), 2), Case(.energy(0.8333), 2), Case(.energy(0.966), 3),
    Case(.energy(1), 4), Case(.energy(0.001), 1), Case(.frobenius(two - 1e-12), 2),
    Case(.frobenius(two + 1e-12), 3), Case(.frobenius(1), 4), Case(.ratio(1), 1),
    Case(.ratio(1.5), 2), Case(.ratio(2), 2), Case(.ratio(2.01), 3), Case(.ratio(4), 3),
    Case(.ratio(100), 4),
  ]

  @Test("by each criterion", arguments: cases)
  func criteria(item: Case) {
    let rank = RankChoice(item.rule).rank(energies: Self.energies, total: 30, isComplete: true)
    #expect(rank == item.rank, "\(item.rule)")
  }

  @Test("within the bounds that are set")
  func bounds() {
    var choice = RankChoice(.energy(0.99))
    choice.maximum = 2
    #expect(choice.rank(energies: Self.energies, total: 30, isComplete: true) == 2)
    choice = RankChoice(.energy(0.01))
    choice.minimum = 3
    #expect(choice.rank(energies: Self.energies, total: 30, isComplete: true) == 3)
    choice.minimum = 10
    #expect(choice.rank(energies: Self.energies, total: 30, isComplete: true) == 4)
  }

  @Test("and unknown while values are lacking that could matter")
  func incomplete() {
    func rank(_ rule: RankChoice.Rule) -> Int? {
      RankChoice(rule).rank(energies: [16, 9], total: 30, isComplete: false)
    }
    #expect(rank(.rank(3)) == nil && rank(.rank(2)) == 2)
    #expect(rank(.energy(0.8)) == 2 && rank(.energy(0.9)) == nil)
    #expect(rank(.ratio(1.2)) == 1 && rank(.ratio(2)) == nil)
  }

  @Test("values that are only rounding are never kept")
  func noise() {
    let energies: [Double] = [16, 9, 1e-16, 1e-17]
    let rules: [RankChoice.Rule] = [.rank(4), .energy(1), .ratio(1e20)]
    for rule in rules {
      #expect(RankChoice(rule).rank(energies: energies, total: 25, isComplete: true) == 2)
    }
  }
}
