import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

/// A recipe as `weft recipe show` prints it.
struct ShownRecipe {
  private let path: String
  private var recipe: MergeRecipe
  private let history: RecipeHistory?

  /// Reads the recipe of a model's metadata, or of a recipe file.
  init(_ path: String, isChained: Bool, library: FormatLibrary) throws {
    self.path = path
    let isText = [".yaml", ".yml"].contains { path.lowercased().hasSuffix($0) }
    if isText, !Paths.isDirectory(path) {
      recipe = try MergeRecipe.read(path, library: library)
      history = nil
      return
    }
    let carried = try Self.carried(by: path, library: library)
    recipe = isChained ? RecipeChain(path: path, library: library).chain(carried) : carried
    history = RecipeHistory(of: recipe, path: path, library: library)
  }

  private static func carried(by path: String, library: FormatLibrary) throws -> MergeRecipe {
    guard let text = try Checkpoint.open(path).recipeText else {
      throw MissingRecipe(path: path)
    }
    do {
      return try MergeRecipe(
        metadata: try JSONValue(parsing: Array(text.utf8)), path: path, library: library)
    } catch let error as JSONError {
      throw DamagedRecipe(path: path, what: error.what)
    }
  }

  /// Gives models and adapters the paths at which they are found, and says which are not there.
  mutating func find(_ finder: ModelFinder) -> [String] {
    recipe.findFiles(finder)
    return recipe.missingFiles
  }

  /// The recipe as YAML; how its models were made stands below, as comments.
  var text: String {
    let made = history?.entries ?? []
    let comments = made.map { ($0.model, "made by a recipe of its own: see below") }
    let ends = "weft merge RECIPE.yaml\(recipe.missingFiles.isEmpty ? "" : " --models DIR") -o OUT"
    let heading = history == nil ? [] : ["How \(Paths.name(of: path)) was made; again: \(ends)"]
    let known = Set(recipe.models.map(\.name))
    return recipe.yamlText(
      heading: heading,
      comments: Dictionary(comments.filter { known.contains($0.0) }) { first, _ in first })
      + made.map(section).joined()
  }

  private func section(_ entry: RecipeHistory.Entry) -> String {
    guard let past = entry.recipe else {
      return "\n# '\(printable(entry.model))' carries a recipe that is not weft's.\n"
    }
    let lines = past.yamlText().split(separator: "\n").map { "#   \($0)\n" }.joined()
    return "\n# How '\(printable(entry.model))' was made:\n\(lines)"
  }

  /// The recipe as JSON of the same form.
  var json: JSONValue {
    .object([
      "path": .string(path), "recipe": recipe.textValue,
      "history": .array(
        (history?.entries ?? []).map { entry in
          .object(["model": .string(entry.model), "recipe": entry.recipe?.textValue ?? .null])
        }),
    ])
  }
}

/// A model without a recipe.
struct MissingRecipe: ActionableError {
  let path: String
  /// The question was answered.
  var status: ExitStatus { .answerIsNo }
  var what: String { "the model carries no recipe" }
  var place: String? { path }
  var advice: String { "only models that weft made have one" }
}

/// A model whose recipe was changed by something else.
struct DamagedRecipe: ActionableError {
  let path: String
  let what: String
  /// The metadata is at fault.
  var status: ExitStatus { .badData }
  var place: String? { path }
  var advice: String { "the recipe in the metadata was damaged; make the model again" }

  init(path: String, what: String) {
    self.path = path
    self.what = "the model's recipe is not JSON: \(what)"
  }
}
