/// How many singular values of a matrix are kept.
package struct RankChoice: Sendable, Equatable {
  /// The criterion; s are the singular values, descending.
  package enum Rule: Sendable, Equatable {
    /// So many.
    case rank(Int)
    /// The fewest whose squares sum up to this part of all squares.
    case energy(Double)
    /// The fewest whose norm, the root of the sum of squares, is this part of the whole norm.
    case frobenius(Double)
    /// Those that are greater than the greatest divided by this number.
    case ratio(Double)
  }

  /// The criterion.
  package var rule: Rule
  /// The fewest that are kept, as far as there are as many.
  package var minimum = 1
  /// The most that are kept.
  package var maximum = Int.max

  /// Makes a choice by a criterion alone.
  package init(_ rule: Rule) { self.rule = rule }

  /// The number that is asked for whatever the values are; nil when it depends on them.
  var fixedRank: Int? {
    if case .rank(let rank) = rule { min(max(rank, minimum), maximum) } else { nil }
  }

  /// The rank for the first squared singular values, or nil when more of them must be known.
  ///
  /// - Parameters:
  ///   - energies: the greatest squared singular values, descending.
  ///   - total: the sum of all squares.
  ///   - isComplete: whether no value is lacking.
  /// - Returns: the rank, at least 1.
  package func rank(energies: [Double], total: Double, isComplete: Bool) -> Int? {
    let known = Self.significant(energies)
    // Values that are noise end the list, however many were asked for.
    let isWhole = isComplete || known < energies.count
    func bounded(_ rank: Int) -> Int { max(1, min(max(rank, minimum), maximum, max(known, 1))) }
    switch rule {
    case .rank(let rank):
      return rank <= energies.count || isWhole ? bounded(rank) : nil
    case .energy(let part):
      return least(energies.prefix(known), sum: part * total, isWhole).map(bounded)
    case .frobenius(let part):
      return least(energies.prefix(known), sum: part * part * total, isWhole).map(bounded)
    case .ratio(let ratio):
      let limit = (energies.first ?? 0) / (ratio * ratio)
      let count = energies.prefix(known).count { $0 > limit }
      return count < known || isWhole || count >= maximum ? bounded(count) : nil
    }
  }

  /// The fewest values that reach a sum; all of them when rounding keeps them just below it.
  private func least(_ energies: ArraySlice<Double>, sum: Double, _ isWhole: Bool) -> Int? {
    var reached = 0.0
    for (index, energy) in energies.enumerated() {
      reached += energy
      if reached >= sum || index + 1 >= maximum { return index + 1 }
    }
    return isWhole ? energies.count : nil
  }

  /// How many squared values are more than rounding: float64 sums of squares carry about 16 digits.
  private static func significant(_ energies: [Double]) -> Int {
    let limit = (energies.first ?? 0) * 1e-14
    return energies.count { $0 > limit }
  }
}
