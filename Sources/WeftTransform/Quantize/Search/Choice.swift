/// One way of storing a tensor, as the search sees it.
package struct Choice: Sendable, Hashable {
  /// What counts against the bound: bytes, or a squared error.
  package let load: Double
  /// What is to be small: a squared error, or bytes.
  package let cost: Double

  /// Makes a choice of two finite numbers.
  package init(load: Double, cost: Double) {
    self.load = load
    self.cost = cost
  }

  /// The same choice when cost is bounded and load is to be small.
  package var exchanged: Choice { Choice(load: cost, cost: load) }
}

/// The choices of one tensor that are the best ones at some price of load.
///
/// They are the corners of the lower convex hull of (load, cost), from the least load to the least cost; between neighbours
/// each unit of load saves less cost than between those before.
package struct LowerHull: Sendable {
  /// The places of the corners in the list of choices.
  package let corners: [Int]

  /// The hull of at least one choice; of equal ones the first is taken.
  package init(_ choices: [Choice]) {
    let sorted = choices.indices.sorted {
      (choices[$0].load, choices[$0].cost, $0) < (choices[$1].load, choices[$1].cost, $1)
    }
    var corners: [Int] = []
    for index in sorted {
      if let last = corners.last, choices[index].cost >= choices[last].cost { continue }
      while let last = corners.last, let before = corners.dropLast().last,
        choices[before].rate(to: choices[last]) <= choices[last].rate(to: choices[index])
      {
        corners.removeLast()
      }
      corners.append(index)
    }
    self.corners = corners
  }
}

extension Choice {
  /// How much cost a unit of load saves on the way to a choice of more load.
  func rate(to other: Choice) -> Double { (cost - other.cost) / (other.load - load) }
}
