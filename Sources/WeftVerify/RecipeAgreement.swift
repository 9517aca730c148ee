package import WeftFiles
package import WeftTensors
package import WeftTransform

/// Whether a model's own recipe says what the options say.
package enum RecipeAgreement {
  /// What does not decide a value, or is only there when it was asked for.
  private static let ignored: Set<String> = ["sha256", "allow_unmatched", "version", "requantize"]

  /// Throws when the model was made by another recipe than the plan's; a model without one is not held against it.
  package static func check(_ candidate: Checkpoint, plan: ModelPlan) throws {
    guard let text = candidate.recipeText else { return }
    guard let found = try? JSONValue(parsing: Array(text.utf8)) else {
      throw VerifyError(
        what: "the model's recipe is not JSON", place: candidate.path,
        advice: "the metadata was damaged; make the model again")
    }
    let contradictions = differences(found, plan.recipeValue, path: "")
    guard let first = contradictions.first else { return }
    throw VerifyError(
      what: "the options contradict the recipe in the model: \(first)"
        + (contradictions.count > 1 ? " and \(contradictions.count - 1) more" : ""),
      place: candidate.path, advice: "give the base, adapters and options that it was made with")
  }

  /// The places in which two values differ, with both texts.
  private static func differences(
    _ found: JSONValue, _ given: JSONValue, path: String
  ) -> [String] {
    switch (found, given) {
    case (.object(let ours), .object(let theirs)):
      let keys = Set(ours.map(\.key)).union(theirs.map(\.key)).subtracting(ignored).sorted()
      return keys.flatMap { key in
        differences(
          found[key] ?? .null, given[key] ?? .null, path: path.isEmpty ? key : "\(path).\(key)")
      }
    case (.array(let ours), .array(let theirs)) where ours.count == theirs.count:
      return zip(ours, theirs).enumerated().flatMap { index, pair in
        differences(pair.0, pair.1, path: "\(path)[\(index)]")
      }
    default:
      if let one = found.double, let other = given.double, one == other { return [] }
      return found == given
        ? [] : ["\(path) is \(found.compactText) there, but \(given.compactText) here"]
    }
  }
}

/// A verification that cannot be done as asked.
package struct VerifyError: ActionableError {
  /// What is wrong.
  package let what: String
  /// The file.
  package let place: String?
  /// What to do next.
  package let advice: String
  /// Refused.
  package var status: ExitStatus { .refused }
}
