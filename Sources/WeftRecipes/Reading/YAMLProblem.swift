import Yams

/// The parser's errors in our words.
enum YAMLProblem {
  static func problem(of error: any Error, origin: RecipeOrigin) -> RecipeProblem {
    guard let error = error as? YamlError else {
      return malformed("the text is not YAML", nil, origin)
    }
    switch error {
    case .scanner(.some(let context), _, let mark, _) where context.text.contains("alias"):
      return starProblem(mark, origin)
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      return malformed(words(problem, context), mark, origin)
    case .composer(_, let problem, let mark, _):
      guard problem.contains("another document") else { return starProblem(mark, origin) }
      return origin.malformed(
        "there is more than one document", at: position(mark), advice: "keep one")
    case .duplicatedKeysInMapping(let keys, let context):
      return origin.malformed(
        "the key '\(keys.first ?? "")' occurs twice", at: position(context.mark),
        advice: "keep one of them")
    case .reader(let problem, _, _, _):
      return malformed(problem, nil, origin)
    default: return malformed("the text is not YAML", nil, origin)
    }
  }

  /// The error of an alias, which always is a pattern without quotes: there are no anchors.
  private static func starProblem(_ mark: Mark, _ origin: RecipeOrigin) -> RecipeProblem {
    origin.malformed(
      "a text that starts with * must be in quotes", at: position(mark),
      advice: "write \"*...\" with quotes around the whole pattern")
  }

  static func position(_ mark: Mark?) -> SourcePosition? {
    mark.map { SourcePosition(line: $0.line, column: $0.column) }
  }

  private static func words(_ problem: String, _ context: YamlError.Context?) -> String {
    context.map { "\($0.text): \(problem)" } ?? problem
  }

  private static func malformed(
    _ what: String, _ mark: Mark?, _ origin: RecipeOrigin
  ) -> RecipeProblem {
    origin.malformed(
      "invalid YAML: \(what)", at: position(mark),
      advice: "correct the text; indentation is by spaces, and texts with : or # need quotes")
  }
}
