/// The built-in variables, which say something else of each model: they stay in a pipeline's templates of paths until the model
/// is known.
package enum NameTemplate {
  /// The built-in variables.
  package enum Variable: String, Sendable, CaseIterable {
    /// The input's name without its ending.
    case name
    /// The folder of the input below the part of the glob that has no wildcards; `.` for none.
    case folder
    /// The name of the step.
    case step
    /// What tells a variant of a sweep from the others, such as `scale-0.25`; empty without a sweep.
    case variant
  }

  /// The path that a template gives.
  ///
  /// - Parameters:
  ///   - template: a text with `${name}` and the like; `$$` is a dollar.
  ///   - values: the text of each variable.
  /// - Returns: the path, with an empty text for a variable that has none.
  package static func text(_ template: String, values: [Variable: String]) -> String {
    var result = ""
    // A dollar before a combining mark is a dollar all the same.
    var rest = Substring(template).unicodeScalars
    while let dollar = rest.firstIndex(of: "$") {
      result.unicodeScalars += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest.removeFirst()
      } else if rest.first == "{", let end = rest.firstIndex(of: "}"),
        let variable = Variable(
          rawValue: String(Substring(rest[rest.index(after: rest.startIndex)..<end])))
      {
        result += values[variable] ?? ""
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
      }
    }
    result.unicodeScalars += rest
    return result
  }

  /// Whether a template names a variable.
  package static func uses(_ variable: Variable, in template: String) -> Bool {
    template.contains("${\(variable.rawValue)}")
  }
}
