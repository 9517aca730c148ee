import ArgumentParser
import WeftTransform

/// How many ranks of a weight's change are kept.
struct RankOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The rank of every layer.", valueName: "n"))
  var rank: Int?

  @Option(
    help: ArgumentHelp(
      "The smallest rank that keeps this part of the squared norm, such as 0.95.",
      valueName: "part"))
  var energy: Double?

  @Option(
    help: ArgumentHelp(
      "The smallest rank that keeps this part of the Frobenius norm.", valueName: "part"))
  var frobenius: Double?

  @Option(
    help: ArgumentHelp(
      "The singular values greater than the greatest divided by this.", valueName: "number"))
  var ratio: Double?

  @Option(
    help: ArgumentHelp("The rank of convolutions of more than one tap.", valueName: "n"))
  var convRank: Int?

  @Option(help: ArgumentHelp("The lowest rank that is chosen.", valueName: "n"))
  var minRank: Int?

  @Option(help: ArgumentHelp("The highest rank that is chosen.", valueName: "n"))
  var maxRank: Int?

  func validate() throws {
    let given = [rank.map(Double.init), energy, frobenius, ratio].compactMap { $0 }
    guard given.count <= 1 else {
      throw ValidationError("--rank, --energy, --frobenius and --ratio exclude each other")
    }
    for (name, value) in [
      ("--rank", rank), ("--conv-rank", convRank), ("--min-rank", minRank),
      ("--max-rank", maxRank),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be 1 or more, not \(value)") }
    }
    for (name, value) in [("--energy", energy), ("--frobenius", frobenius)] {
      if let value, !(value > 0 && value <= 1) {
        throw ValidationError("\(name) must be above 0 and at most 1, not \(value)")
      }
    }
    if let ratio, !(ratio >= 1 && ratio.isFinite) {
      throw ValidationError("--ratio must be 1 or more, not \(ratio)")
    }
    if let minRank, let maxRank, minRank > maxRank {
      throw ValidationError("--min-rank is above --max-rank")
    }
    if given.isEmpty, convRank != nil || minRank != nil || maxRank != nil {
      throw ValidationError("a rank is missing: add --rank N or --energy PART")
    }
  }

  /// The choice; nil when none is made.
  var choice: RankChoice? {
    rule.map { rule in
      var choice = RankChoice(rule)
      choice.minimum = minRank ?? 1
      choice.maximum = maxRank ?? .max
      return choice
    }
  }

  /// The choice for convolutions; nil when it is that of the other weights.
  var convolutionChoice: RankChoice? { convRank.map { RankChoice(.rank($0)) } }

  private var rule: RankChoice.Rule? {
    rank.map { .rank($0) } ?? energy.map { .energy($0) } ?? frobenius.map { .frobenius($0) }
      ?? ratio.map { .ratio($0) }
  }

  /// Throws unless there is a choice.
  func required() throws -> RankChoice {
    guard let choice else {
      throw ValidationError("a rank is missing: add --rank N or --energy PART")
    }
    return choice
  }
}
