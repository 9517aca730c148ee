extension ChoiceProblem {
  /// How often the answer is improved at most; each time saves something, so this bounds the time alone.
  private static let improvementLimit = 500

  /// The choices within a limit, or nil when even the least loads are beyond it.
  package func solved(limit: Double) -> ChoiceSolution? {
    guard leastLoad.load <= limit else { return nil }
    var solution = climbed(limit: limit)
    for _ in 0..<Self.improvementLimit {
      guard let better = improved(solution, limit: limit) else { break }
      solution = better
    }
    return solution
  }

  /// The best steps that fit; a tensor whose step does not fit stays where it is.
  private func climbed(limit: Double) -> ChoiceSolution {
    var current = leastLoad
    var stopped: Set<Int> = []
    var lowerBound: Double?
    for step in steps where !stopped.contains(step.tensor) {
      let next = moved(current, step.tensor, to: hulls[step.tensor].corners[step.corner])
      if next.load <= limit {
        current = next
      } else {
        stopped.insert(step.tensor)
        // The part of the first step that fits: without whole steps nothing is cheaper.
        lowerBound = lowerBound ?? current.cost - step.rate * max(0, limit - current.load)
      }
    }
    // Costs are not negative, and no choices cost less than the least of each.
    let bound = max(lowerBound ?? current.cost, leastCost.cost)
    return solution(current.picks, lowerBound: min(bound, current.cost))
  }

  private func moved(_ solution: ChoiceSolution, _ tensor: Int, to pick: Int) -> ChoiceSolution {
    var picks = solution.picks
    picks[tensor] = pick
    return self.solution(picks, lowerBound: solution.lowerBound)
  }

  /// The answer after the best change of one tensor or two; nil when none saves anything.
  private func improved(_ solution: ChoiceSolution, limit: Double) -> ChoiceSolution? {
    guard let moves = ChoiceExchange(self, solution).best(room: limit - solution.load) else {
      return nil
    }
    let next = moves.reduce(solution) { moved($0, $1.tensor, to: $1.choice) }
    // Sums are rounded, so the moves are judged by their result.
    return next.load <= limit && next.cost < solution.cost ? next : nil
  }
}
