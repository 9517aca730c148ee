import WeftTensors
import Yams

/// The YAML of a recipe as nodes: what the parser gives, without aliases, tags and more nesting than recipes have.
enum YAMLText {
  /// The largest text that is read, in bytes.
  static let maximumByteCount = 1 << 20
  /// The deepest nesting of values.
  static let maximumDepth = 12
  /// The most values.
  static let maximumNodeCount = 100_000

  /// Reads a text of one document.
  static func parse(_ bytes: [UInt8], origin: RecipeOrigin) throws(RecipeProblem) -> RecipeNode {
    guard bytes.count <= maximumByteCount else {
      throw origin.malformed(
        "\(bytes.count) bytes is over the limit of \(maximumByteCount)", at: nil,
        advice: "give a recipe, not a model")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw origin.malformed("the text is not UTF-8", at: nil, advice: "save it as UTF-8")
    }
    try YAMLGuard.check(bytes, origin: origin)
    // The parser keeps a pointer to the text, which short texts do not have.
    return try compose(text + String(repeating: "\n", count: 64), origin: origin)
  }

  private static func compose(
    _ text: String, origin: RecipeOrigin
  ) throws(RecipeProblem) -> RecipeNode {
    do {
      let parser = try Parser(yaml: text, encoding: .utf8)
      // Anchors are forgotten with their parser.
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else { throw emptyProblem(origin) }
        var converter = YAMLConverter(origin: origin)
        return try converter.node(root, depth: 0)
      }
    } catch let problem as RecipeProblem {
      throw problem
    } catch {
      throw YAMLProblem.problem(of: error, origin: origin)
    }
  }

  static func emptyProblem(_ origin: RecipeOrigin) -> RecipeProblem {
    origin.malformed(
      "the recipe is empty", at: nil,
      advice: "start with 'version: 1'; weft recipe schema describes the rest")
  }

  static func anchorProblem(
    _ origin: RecipeOrigin, at position: SourcePosition?
  ) -> RecipeProblem {
    origin.malformed(
      "anchors (&) and aliases (*) are not read", at: position,
      advice: "write the value out, or put a text that starts so in quotes")
  }
}

/// The parser's errors in our words.
enum YAMLProblem {
  static func problem(of error: any Error, origin: RecipeOrigin) -> RecipeProblem {
    guard let error = error as? YamlError else {
      return malformed("the text is not YAML", nil, origin)
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      return malformed(words(problem, context), mark, origin)
    case .composer(_, let problem, let mark, _):
      guard problem.contains("undefined alias") else { return malformed(problem, mark, origin) }
      return origin.malformed(
        "a text that starts with * must be in quotes", at: position(mark),
        advice: "write \"*...\" with quotes around the whole pattern")
    case .duplicatedKeysInMapping(let keys, let context):
      return origin.malformed(
        "the key '\(keys.first ?? "")' occurs twice", at: position(context.mark),
        advice: "keep one of them")
    case .reader(let problem, _, _, _):
      return malformed(problem, nil, origin)
    default: return malformed("the text is not YAML", nil, origin)
    }
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
