/// The question which choice to make for every tensor, so that all loads together keep to a limit at the least cost: the
/// multiple-choice knapsack problem.
///
/// The answer starts with every tensor's least load and goes up the tensors' convex hulls, always by the step that saves
/// the most cost for its load; that is the exact answer to the problem in which the last step may be taken in part, and so
/// no dearer than that step's saving above the best answer there is. What is left of the limit is then spent by changing
/// one tensor or two at a time, as long as that saves anything.
/// Source: https://doi.org/10.1016/0377-2217(94)00278-2 (Pisinger, A minimal algorithm for the multiple-choice knapsack
/// problem) for the greedy answer and its bound.
package struct ChoiceProblem: Sendable {
  /// A step of one tensor from a corner of its hull to the next.
  struct Step: Sendable {
    let tensor: Int
    /// The place of the corner that it leads to.
    let corner: Int
    /// How much cost a unit of load saves.
    let rate: Double
  }

  /// The choices of every tensor, at least one each.
  package let choices: [[Choice]]
  let hulls: [LowerHull]
  /// The steps of all tensors, the best first; those of one tensor are in order.
  let steps: [Step]

  /// Makes a problem of the choices of every tensor, at least one each.
  package init(_ choices: [[Choice]]) {
    let hulls = choices.map { LowerHull($0) }
    self.choices = choices
    self.hulls = hulls
    steps = hulls.enumerated().flatMap { tensor, hull in
      hull.corners.indices.dropFirst().map { corner in
        let (from, to) = (hull.corners[corner - 1], hull.corners[corner])
        return Step(
          tensor: tensor, corner: corner,
          rate: choices[tensor][from].rate(to: choices[tensor][to]))
      }
    }.sorted { (-$0.rate, $0.tensor, $0.corner) < (-$1.rate, $1.tensor, $1.corner) }
  }

  /// The choices of the least load.
  package var leastLoad: ChoiceSolution {
    solution(hulls.map { $0.corners[0] }, lowerBound: 0)
  }

  /// The choices of the least cost.
  package var leastCost: ChoiceSolution {
    let picks = hulls.map { $0.corners[$0.corners.count - 1] }
    let solution = solution(picks, lowerBound: 0)
    return ChoiceSolution(
      picks: picks, load: solution.load, cost: solution.cost, lowerBound: solution.cost)
  }

  /// The sums of every state on the way from the least load to the least cost, both included.
  package var path: [Choice] {
    var current = leastLoad
    var states = [Choice(load: current.load, cost: current.cost)]
    for step in steps {
      var picks = current.picks
      picks[step.tensor] = hulls[step.tensor].corners[step.corner]
      current = solution(picks, lowerBound: 0)
      states.append(Choice(load: current.load, cost: current.cost))
    }
    return states
  }

  /// The loads and costs of picks added up, always in the order of the tensors.
  func solution(_ picks: [Int], lowerBound: Double) -> ChoiceSolution {
    var (load, cost) = (0.0, 0.0)
    for (tensor, pick) in picks.enumerated() {
      load += choices[tensor][pick].load
      cost += choices[tensor][pick].cost
    }
    return ChoiceSolution(picks: picks, load: load, cost: cost, lowerBound: lowerBound)
  }
}

/// A choice for every tensor.
package struct ChoiceSolution: Sendable, Equatable {
  /// The place of each tensor's choice in its list.
  package let picks: [Int]
  /// The loads added up.
  package let load: Double
  /// The costs added up.
  package let cost: Double
  /// What no choices within the limit can cost less than.
  package let lowerBound: Double
}
