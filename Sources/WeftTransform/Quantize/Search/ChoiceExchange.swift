/// The changes of one tensor's choice, or of two at once, that save the most.
struct ChoiceExchange {
  /// Another choice for one tensor, and how it changes the sums.
  struct Move {
    let tensor: Int
    let choice: Int
    let load: Double
    let cost: Double
  }

  /// The move that saves the most among some, and the one of another tensor.
  private struct Best {
    var first: Move?
    var second: Move?

    mutating func add(_ move: Move) {
      guard let known = first else {
        first = move
        return
      }
      if move.cost < known.cost {
        if move.tensor != known.tensor { second = known }
        first = move
      } else if move.tensor != known.tensor, move.cost < second?.cost ?? .infinity {
        second = move
      }
    }

    func move(notOf tensor: Int) -> Move? { first?.tensor == tensor ? second : first }
  }

  /// Moves that save cost, by their load.
  private let savings: [Move]
  /// The best of the savings up to each place.
  private let bests: [Best]
  /// Moves that make room.
  private let sacrifices: [Move]

  /// Looks at every other choice of every tensor.
  init(_ problem: ChoiceProblem, _ solution: ChoiceSolution) {
    var (savings, sacrifices): ([Move], [Move]) = ([], [])
    for (tensor, choices) in problem.choices.enumerated() {
      let now = choices[solution.picks[tensor]]
      for (index, choice) in choices.enumerated() {
        let move = Move(
          tensor: tensor, choice: index, load: choice.load - now.load, cost: choice.cost - now.cost)
        if move.cost < 0 { savings.append(move) }
        if move.load < 0, move.cost >= 0 { sacrifices.append(move) }
      }
    }
    savings.sort { ($0.load, $0.cost, $0.tensor) < ($1.load, $1.cost, $1.tensor) }
    self.savings = savings
    self.sacrifices = sacrifices
    var best = Best()
    bests = savings.map { move in
      best.add(move)
      return best
    }
  }

  /// The moves that together save the most within the room that is left; nil when none saves anything.
  func best(room: Double) -> [Move]? {
    var found = saving(within: room)?.move(notOf: -1).map { [$0] }
    var least = found?.first?.cost ?? 0
    for sacrifice in sacrifices {
      guard let saving = saving(within: room - sacrifice.load)?.move(notOf: sacrifice.tensor),
        sacrifice.cost + saving.cost < least
      else { continue }
      least = sacrifice.cost + saving.cost
      found = [sacrifice, saving]
    }
    return found
  }

  /// The best savings of at most so much load.
  private func saving(within room: Double) -> Best? {
    var (low, high) = (0, savings.count)
    while low < high {
      let middle = (low + high) / 2
      if savings[middle].load <= room { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? bests[low - 1] : nil
  }
}
