import WeftFiles
import WeftTensors
import Yams

/// The YAML of a recipe or pipeline as nodes: what the parser gives, without aliases, tags and more nesting than they have.
enum YAMLText {
  /// The largest text that is read, in bytes.
  static let maximumByteCount = 1 << 20
  /// The deepest nesting of values.
  static let maximumDepth = 12
  /// The most values.
  static let maximumNodeCount = 50_000
  /// The shortest text that is given to the parser, in bytes.
  private static let minimumByteCount = 64

  /// The bytes of a file that holds such a text.
  static func bytes(_ origin: RecipeOrigin) throws -> [UInt8] {
    let file = try InputFile.open(origin.path)
    try check(byteCount: file.byteCount, origin)
    return try file.bytes(0..<file.byteCount)
  }

  private static func check(byteCount: Int, _ origin: RecipeOrigin) throws(RecipeProblem) {
    guard byteCount > maximumByteCount else { return }
    throw origin.malformed(
      "\(byteCount) bytes is over the limit of \(maximumByteCount)", at: nil,
      advice: "give a \(origin.kind.noun), not a model")
  }

  /// Reads a text of one document.
  static func parse(_ bytes: [UInt8], origin: RecipeOrigin) throws(RecipeProblem) -> RecipeNode {
    try check(byteCount: bytes.count, origin)
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])  // a byte order mark
    let content = Array(bytes.dropFirst(isMarked ? 3 : 0))
    guard let text = String(validating: content, as: UTF8.self) else {
      throw origin.malformed("the text is not UTF-8", at: nil, advice: "save it as UTF-8")
    }
    try YAMLGuard.check(content, origin: origin)
    // The parser keeps a pointer to the text, which texts of a few bytes, kept without memory of their own, do not have.
    let padding = String(repeating: " ", count: max(0, minimumByteCount - content.count))
    return try compose(text + padding, origin: origin)
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
      "the \(origin.kind.noun) is empty", at: nil,
      advice: "start with 'version: 1'; \(origin.kind.schema) describes the rest")
  }

  static func anchorProblem(
    _ origin: RecipeOrigin, at position: SourcePosition?
  ) -> RecipeProblem {
    origin.malformed(
      "anchors (&) and aliases (*) are not read", at: position,
      advice: "write the value out, or put a text that starts so in quotes")
  }
}
