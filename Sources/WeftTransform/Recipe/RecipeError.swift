package import WeftTensors

/// A recipe that cannot be understood.
package struct RecipeError: ActionableError, Equatable {
  /// The argument.
  package let argument: String
  /// What is wrong with it.
  package let what: String

  /// Makes an error about an argument.
  package init(argument: String, what: String) {
    self.argument = argument
    self.what = what
  }

  /// A usage error.
  package var status: ExitStatus { .usage }
  /// The argument.
  package var place: String? { argument }
  /// What to do next.
  package var advice: String { "see the command's --help" }
}
