import WeftFiles
package import WeftFormats

/// A search for the types of a model's tensors that keep to a goal.
///
/// Making one reads headers only; `run` reads the whole model once.
package struct TypeSearch: Sendable {
  /// What a search found.
  package struct Outcome: Sendable {
    /// The plan with the types that were chosen.
    package let plan: ModelPlan
    /// Sizes and errors, with the place of the plan.
    package let frontier: SizeFrontier
  }

  /// The plan with the smallest types, which says where the output's files are.
  package let smallest: ModelPlan
  private let planner: GoalPlanner
  private let tensors: [SurveyedTensor]
  private let goal: QuantizationGoal
  /// The types of the tensors that there is nothing to choose for.
  private let settled: [String: String]

  /// Prepares a search.
  ///
  /// - Parameters:
  ///   - recipe: the conversion; its type does not matter, its rules stay as they are.
  ///   - goal: the bound, and the types to choose among.
  ///   - library: what is known of formats.
  ///   - threads: the number of threads that the plan is for.
  /// - Throws: when there is nothing to choose, or a size is asked for that is too small with any errors.
  package init(
    _ recipe: ConvertRecipe, goal: QuantizationGoal, library: FormatLibrary, threads: Int
  ) throws {
    planner = try GoalPlanner(recipe, library: library, threads: threads)
    self.goal = goal
    let all = try planner.tensors(types: goal.types)
    tensors = all.filter { !$0.trials.isEmpty }
    guard tensors.contains(where: { !$0.isFixed }) else { throw planner.nothingToChoose() }
    settled = Dictionary(
      all.filter(\.trials.isEmpty).map { ($0.name, SurveyPlanner.ownType) },
      uniquingKeysWith: { first, _ in first })
    smallest = try planner.plan(Self.smallestTypes(all))
    try refuse(smallest)
  }

  /// The number of bytes that a run reads.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.storedByteCount } }

  /// Measures the errors and chooses the types.
  ///
  /// - Parameters:
  ///   - options: how to work; nothing here changes the result.
  ///   - progress: is told how many more bytes were looked at, from any thread.
  /// - Returns: the plan of the types that were chosen, and what other types would have given.
  /// - Throws: when the goal cannot be met, reading fails, or values are not finite.
  package func run(
    options: RunOptions, progress: @escaping @Sendable (Int) throws -> Void
  ) throws -> Outcome {
    let errors = try ErrorSurvey(tensors, options: options).run(progress: progress)
    let measured = zip(tensors, errors).map { TypeOptions($0, errors: $1) }
    if let none = measured.first(where: { $0.options.isEmpty }) {
      throw planner.refusal(
        "no type holds all values of \(none.name)", advice: "choose a wider one with --rule")
    }
    let choices = MeasuredChoices(measured)
    switch goal.bound {
    case .byteCount(let limit): return try smallestError(choices, limit: limit)
    case .error(let limit): return try smallestSize(choices, limit: limit)
    }
  }
}

// MARK: Bounds

extension TypeSearch {
  /// How often the size of the header is looked at anew; the texts in it differ by the names of types.
  private static let attemptLimit = 16

  private static func smallestTypes(_ tensors: [SurveyedTensor]) -> [String: String] {
    var types: [String: String] = [:]
    for tensor in tensors where !tensor.isFixed {
      let own = tensor.keptByteCount.map { [(SurveyPlanner.ownType, $0)] } ?? []
      let sizes = own + tensor.trials.map { ($0.type, $0.byteCount) }
      types[tensor.name] = sizes.min { $0.1 < $1.1 }?.0
    }
    return types
  }

  /// Throws when even the smallest types are beyond the size that is asked for.
  private func refuse(_ smallest: ModelPlan) throws {
    let least = smallest.layout.byteCount
    guard case .byteCount(let limit) = goal.bound, least > limit else { return }
    throw planner.refusal(
      "the output cannot have \(limit) bytes: the smallest possible has \(least)",
      advice: "ask for --target-size \(least) or more, or allow smaller types with --type")
  }

  private func plan(_ choices: MeasuredChoices, _ solution: ChoiceSolution) throws -> ModelPlan {
    try planner.plan(choices.types(solution).merging(settled) { chosen, _ in chosen })
  }

  /// The least error within a size of the whole output.
  private func smallestError(_ choices: MeasuredChoices, limit: Int) throws -> Outcome {
    let problem = choices.bySize
    let least = problem.leastLoad
    var plan = try plan(choices, least)
    try refuse(plan)
    var best = least
    // What the header takes depends on the choices, a little; the plan tells exactly.
    var room = limit - (plan.layout.byteCount - Int(least.load))
    for _ in 0..<Self.attemptLimit {
      guard let solution = problem.solved(limit: Double(room)) else { break }
      let next = try self.plan(choices, solution)
      let excess = next.layout.byteCount - limit
      if excess <= 0 {
        (plan, best) = (next, solution)
        break
      }
      room -= excess
    }
    let bound = choices.error(best.lowerBound)
    return outcome(choices, problem, best, error: best.cost, plan, lowerBound: .error(bound))
  }

  /// The least size within an error.
  private func smallestSize(_ choices: MeasuredChoices, limit: Double) throws -> Outcome {
    let problem = choices.byError
    let least = choices.error(problem.leastLoad.load)
    let sum = QuantizationGoal.squaredErrorLimit(
      error: limit, sumOfSquares: choices.sumOfSquares)
    guard least <= limit, let solution = problem.solved(limit: sum) else {
      throw planner.refusal(
        "the error cannot be \(limit): the smallest possible is \(least)",
        advice: "ask for --max-error \(least) or more, or change the rules")
    }
    let plan = try plan(choices, solution)
    let rest = plan.layout.byteCount - Int(solution.cost)
    return outcome(
      choices, choices.bySize, solution, error: solution.load, plan,
      lowerBound: .byteCount(Int(solution.lowerBound.rounded(.up)) + rest))
  }

  private func outcome(
    _ choices: MeasuredChoices, _ problem: ChoiceProblem, _ solution: ChoiceSolution,
    error: Double, _ plan: ModelPlan, lowerBound: SizeFrontier.LowerBound
  ) -> Outcome {
    let size = plan.layout.byteCount
    let rest = size - choices.byteCount(solution)
    let points = problem.path.map {
      SizeFrontier.Point(byteCount: Int($0.load) + rest, error: choices.error($0.cost))
    }
    return Outcome(
      plan: plan,
      frontier: SizeFrontier(
        points: points, chosen: SizeFrontier.Point(byteCount: size, error: choices.error(error)),
        lowerBound: lowerBound, tensors: choices.tensors(solution)))
  }
}
