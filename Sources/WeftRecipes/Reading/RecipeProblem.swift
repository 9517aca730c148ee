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

/// What a text describes, in the words of errors about it.
enum RecipeTextKind {
  /// One merge or fuse.
  case recipe
  /// What becomes of many models.
  case pipeline

  /// What the text is.
  var noun: String { self == .recipe ? "recipe" : "pipeline" }
  /// The command that prints the schema.
  var schema: String { "weft \(noun) schema" }
  /// What to do about a text with too many values.
  var advice: String {
    self == .recipe
      ? "give a recipe; \(schema) describes it"
      : "write long lists of inputs into a file, and give '{list: FILE}'"
  }
}

/// Where a recipe comes from, for errors about it.
struct RecipeOrigin: Sendable {
  /// The file, or the model whose metadata it is in.
  let path: String
  /// What the text describes.
  var kind = RecipeTextKind.recipe

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
    return RecipeProblem(
      status: status, what: Self.shortened(what), place: place, advice: Self.shortened(advice))
  }

  /// The longest that texts of errors are, in Unicode scalars: they quote what they complain about.
  private static let maximumLength = 1000

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard
      let end = scalars.index(
        scalars.startIndex, offsetBy: maximumLength, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "..."
  }
}
