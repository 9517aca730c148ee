package import WeftTensors

/// A recipe that cannot be used as it is.
package struct RecipeProblem: ActionableError, Equatable {
  /// The exit code: 65 for a text that is no recipe, 2 for parts that do not fit together.
  package let status: ExitStatus
  /// What is wrong, with the names that matter.
  package let what: String
  /// The file, the line and the column.
  package let place: String?
  /// What to do next.
  package let advice: String
}

/// Where a recipe comes from, for errors about it.
struct RecipeOrigin {
  /// The file, or the model whose metadata it is in.
  let path: String

  /// A complaint about the text itself.
  func malformed(_ what: String, at position: SourcePosition?, advice: String) -> RecipeProblem {
    problem(.badData, what, position, advice)
  }

  /// A complaint about parts of a text that are sound by themselves and do not fit together.
  func refused(_ what: String, at position: SourcePosition?, advice: String) -> RecipeProblem {
    problem(.badData, what, position, advice)
  }

  private func problem(
    _ status: ExitStatus, _ what: String, _ position: SourcePosition?, _ advice: String
  ) -> RecipeProblem {
    let place = position.map { "\(path), line \($0.line), column \($0.column)" } ?? path
    return RecipeProblem(status: status, what: what, place: place, advice: advice)
  }
}
