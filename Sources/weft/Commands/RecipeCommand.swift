import ArgumentParser
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

/// What there is to know about recipes.
struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract:
      "Show the recipe that a model was made by, the methods of merging, or the schema of recipes.",
    subcommands: [Show.self, Methods.self, Schema.self])

  /// Prints the recipe that a model carries.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the recipe that a model was made by, ready to run again.",
      discussion: """
        Models and adapters are told by a hash of samples of them and their size; with --models they are looked for by \
        these and told by their path. How they were made themselves follows as comments, or is joined to one recipe with \
        --chain. A recipe file, weft's own or mergekit's, is printed in weft's form with every option.
        """)

    @Argument(help: "A model that weft made, or a recipe file (.yaml, .yml).")
    var path: String

    @Option(
      parsing: .singleValue,
      help: ArgumentHelp(
        "A folder or file in which models and adapters are looked for; may be given again.",
        valueName: "path"))
    var models: [String] = []

    @Flag(
      help: "Join the recipes of the models to one that is computed in one pass, with one rounding."
    )
    var chain = false

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
      var shown = try ShownRecipe(path, isChained: chain, library: .embedded())
      if !models.isEmpty {
        for name in shown.find(try ModelFinder(models)) {
          Console.warn("\(name) is not in the folders of --models")
        }
      }
      Console.printResult(talk.json ? shown.json.compactText : shown.text)
    }
  }

  /// Prints what every merge method does and takes.
  struct Methods: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "methods", abstract: "Print the methods of merging with their options.")

    @Argument(help: "One method; all when it is left out.")
    var name: String?

    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
      let all = try FormatLibrary.embedded().mergeMethods
      let methods = all.filter { name == nil || $0.id == name }
      guard !methods.isEmpty else {
        throw ValidationError(
          "there is no method \(name ?? ""); they are \(all.map(\.id).joined(separator: ", "))")
      }
      Console.printResult(
        talk.json
          ? JSONValue.object(["methods": .array(methods.map(MethodText.json))]).compactText
          : methods.map(MethodText.lines).joined(separator: "\n\n"))
    }
  }

  /// Prints the JSON schema of recipes.
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema",
      abstract: "Print the JSON schema of recipes, which editors use to help with writing them.")

    func run() throws {
      Console.printResult(try FormatLibrary.embedded().recipeSchema)
    }
  }
}
