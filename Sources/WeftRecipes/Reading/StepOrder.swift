/// A step that takes the results of others.
protocol OrderedStep {
  /// The name of its result.
  var name: String { get }
  /// What it takes, by name.
  var references: [RecipeReference] { get }
  /// Where the name is in the text.
  var position: SourcePosition? { get }
}

extension RecipeStep: OrderedStep {}

/// Brings steps into an order in which each comes after those that it uses.
struct StepOrder<Step: OrderedStep> {
  let origin: RecipeOrigin
  let steps: [Step]

  /// The steps in order, as near to the given one as can be.
  func sorted() throws(RecipeProblem) -> [Step] {
    let names = Set(steps.map(\.name))
    var waiting = steps
    var done: Set<String> = []
    var result: [Step] = []
    while !waiting.isEmpty {
      let ready = waiting.firstIndex { step in
        step.references.allSatisfy { !names.contains($0.name) || done.contains($0.name) }
      }
      guard let ready else { throw cycle(among: waiting) }
      let step = waiting.remove(at: ready)
      done.insert(step.name)
      result.append(step)
    }
    return result
  }

  /// The error of steps each of which uses another of them.
  private func cycle(among waiting: [Step]) -> RecipeProblem {
    let byName = Dictionary(waiting.map { ($0.name, $0) }) { first, _ in first }
    var path: [Step] = []
    var next = waiting.first
    while let step = next, !path.contains(where: { $0.name == step.name }) {
      path.append(step)
      next = step.references.lazy.compactMap { byName[$0.name] }.first
    }
    let start = path.firstIndex { $0.name == next?.name } ?? 0
    let names = (path[start...].map(\.name) + [next?.name ?? ""]).joined(separator: " -> ")
    return origin.refused(
      "the steps use each other in a circle: \(names)", at: path[start].position,
      advice: "let one of them use \(origin.kind == .recipe ? "a model" : "'input'") instead")
  }
}
