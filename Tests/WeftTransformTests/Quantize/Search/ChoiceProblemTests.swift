import Testing
import WeftTransform

@Suite("the choice of a type for every tensor")
struct ChoiceProblemTests {
  /// Sums of a few numbers in another order differ by some units in the last place.
  static let roundingTolerance = 1e-12

  @Test(
    "hulls go from the least load to the least cost, ever less steeply, below every choice",
    arguments: 0..<200)
  func hulls(seed: Int) throws {
    var random = Random(seed)
    let choices = random.choices(count: 1 + random.number(below: 9))
    let corners = LowerHull(choices).corners.map { choices[$0] }
    let first = try #require(corners.first)
    let last = try #require(corners.last)
    #expect(first.load == choices.map(\.load).min())
    #expect(last.cost == choices.map(\.cost).min())
    let rates = zip(corners, corners.dropFirst()).map { one, next in
      (one.cost - next.cost) / (next.load - one.load)
    }
    #expect(rates.allSatisfy { $0 > 0 })
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    for choice in choices {
      // The line through any two neighbours is nowhere above a choice.
      for (one, rate) in zip(corners, rates) {
        let line = one.cost - rate * (choice.load - one.load)
        #expect(choice.cost >= line - Self.roundingTolerance * (1 + abs(line)))
      }
    }
  }

  @Test(
    "an answer keeps to the limit and is at most one step above the best of all", arguments: 0..<300
  )
  func againstAll(seed: Int) throws {
    var random = Random(seed)
    let problem = random.problem(tensors: 1 + random.number(below: 5), choices: 4)
    let (least, most) = (problem.leastLoad.load, problem.leastCost.load)
    let limit = least + (most - least) * random.unit() * 1.1
    let best = try #require(Self.bestOfAll(problem, limit: limit))
    let solution = try #require(problem.solved(limit: limit))
    let tolerance = Self.roundingTolerance * (1 + best)
    #expect(solution.load <= limit)
    #expect(solution.cost >= best - tolerance)
    #expect(solution.lowerBound <= best + tolerance)
    #expect(solution.cost - solution.lowerBound <= Self.largestStep(problem) + tolerance)
  }

  @Test("most answers to small questions are the best of all")
  func quality() throws {
    var exact = 0
    for seed in 0..<400 {
      var random = Random(1000 + seed)
      let problem = random.problem(tensors: 5, choices: 4)
      let span = problem.leastCost.load - problem.leastLoad.load
      let limit = problem.leastLoad.load + span * random.unit()
      let best = try #require(Self.bestOfAll(problem, limit: limit))
      let solution = try #require(problem.solved(limit: limit))
      if solution.cost <= best * (1 + Self.roundingTolerance) { exact += 1 }
    }
    // The fewer tensors, the more often steps do not fit; models have hundreds.
    #expect(exact >= 340, "\(exact) of 400")
  }

  @Test(
    "answers to questions of the size of models are within half a hundredth of the best",
    arguments: 0..<6)
  func againstDynamicProgramming(seed: Int) throws {
    var random = Random(5000 + seed)
    let problem = random.problem(tensors: 60, choices: 7, wholeLoadsBelow: 40)
    let (least, most) = (problem.leastLoad.load, problem.leastCost.load)
    let limit = (least + (most - least) * (0.1 + 0.8 * random.unit())).rounded(.down)
    let best = Self.bestByProgramming(problem, limit: Int(limit))
    let solution = try #require(problem.solved(limit: limit))
    #expect(solution.load <= limit)
    #expect(solution.cost >= best * (1 - Self.roundingTolerance))
    #expect(solution.cost <= best * 1.005)
    #expect(solution.lowerBound <= best * (1 + Self.roundingTolerance))
  }

  @Test(
    "there is no answer only below the least load, and the least cost is one when all fits",
    arguments: 0..<50)
  func ends(seed: Int) throws {
    var random = Random(9000 + seed)
    let problem = random.problem(tensors: 8, choices: 5)
    let least = problem.leastLoad
    #expect(problem.solved(limit: least.load.nextDown) == nil)
    #expect(problem.solved(limit: least.load)?.load == least.load)
    let whole = try #require(problem.solved(limit: problem.leastCost.load))
    #expect(whole.cost == problem.leastCost.cost)
    #expect(whole.lowerBound == whole.cost)
  }

  @Test(
    "the path goes from the least load to the least cost, and each step saves less for its load",
    arguments: 0..<50)
  func path(seed: Int) throws {
    var random = Random(7000 + seed)
    let problem = random.problem(tensors: 12, choices: 6)
    let path = problem.path
    #expect(path.first?.load == problem.leastLoad.load)
    #expect(path.last?.cost == problem.leastCost.cost)
    for (one, next) in zip(path, path.dropFirst()) {
      #expect(next.load > one.load && next.cost < one.cost)
    }
    let rates = zip(path, path.dropFirst()).map { ($0.cost - $1.cost) / ($1.load - $0.load) }
    // Differences of sums are rounded more than the steps themselves.
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 * (1 - 1e-9) - 1e-9 })
  }

  @Test("a greater limit is never answered with a greater lower bound", arguments: 0..<20)
  func monotone(seed: Int) throws {
    var random = Random(3000 + seed)
    let problem = random.problem(tensors: 10, choices: 5)
    let (least, most) = (problem.leastLoad.load, problem.leastCost.load)
    let bounds = (0...20).compactMap {
      problem.solved(limit: least + (most - least) * Double($0) / 20)?.lowerBound
    }
    #expect(bounds.count == 21)
    #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 * (1 + 1e-12) >= $1 })
  }
}

// MARK: The best there is

extension ChoiceProblemTests {
  /// The least cost within a limit, by trying everything.
  static func bestOfAll(_ problem: ChoiceProblem, limit: Double) -> Double? {
    var best: Double?
    func visit(_ tensor: Int, load: Double, cost: Double) {
      guard tensor < problem.choices.count else {
        if load <= limit { best = min(best ?? cost, cost) }
        return
      }
      for choice in problem.choices[tensor] {
        visit(tensor + 1, load: load + choice.load, cost: cost + choice.cost)
      }
    }
    visit(0, load: 0, cost: 0)
    return best
  }

  /// The least cost within a limit of whole loads.
  static func bestByProgramming(_ problem: ChoiceProblem, limit: Int) -> Double {
    var costs = [Double](repeating: 0, count: limit + 1)
    for choices in problem.choices {
      var next = [Double](repeating: .infinity, count: limit + 1)
      for choice in choices where Int(choice.load) <= limit {
        for load in Int(choice.load)...limit {
          next[load] = min(next[load], costs[load - Int(choice.load)] + choice.cost)
        }
      }
      costs = next
    }
    return costs[limit]
  }

  static func largestStep(_ problem: ChoiceProblem) -> Double {
    zip(problem.path, problem.path.dropFirst()).map { $0.cost - $1.cost }.max() ?? 0
  }

  /// Questions that follow from a seed.
  struct Random {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// SplitMix64.
    mutating func unit() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((value ^ (value >> 31)) >> 11) * 0x1p-53
    }

    mutating func number(below bound: Int) -> Int { Int(unit() * Double(bound)) }

    /// Choices of which many are not worth making, some of them equal.
    mutating func choices(count: Int, wholeLoadsBelow bound: Int? = nil) -> [Choice] {
      var choices = (0..<count).map { _ in
        let load = unit() * 10
        let whole = bound.map { Double(number(below: $0)) }
        return Choice(load: whole ?? load, cost: 4 / (0.1 + load) * (0.5 + unit()))
      }
      if count > 2, unit() < 0.3 { choices[0] = choices[count - 1] }
      return choices
    }

    mutating func problem(
      tensors: Int, choices: Int, wholeLoadsBelow bound: Int? = nil
    ) -> ChoiceProblem {
      ChoiceProblem(
        (0..<tensors).map { _ in self.choices(count: choices, wholeLoadsBelow: bound) })
    }
  }
}
