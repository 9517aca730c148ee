import ArgumentParser
import WeftTransform

/// What an adapter is made for, and what it is made of.
struct AdapterFormOptions: ParsableArguments {
  @OptionGroup var namingOptions: NamingOptions

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "The program that is to read it: a1111, comfyui, kohya or diffusers; it chooses the naming.",
      valueName: "program"))
  var program: String?

  @Option(help: ArgumentHelp("The model that the adapters are for.", valueName: "file"))
  var base: String?

  @Option(
    help: ArgumentHelp(
      "What a ResAdapter's norms do: replace, lerp or skip.", valueName: "mode"))
  var norm: NormMode = .replace

  @Option(
    help: ArgumentHelp("What an alpha of 0 means: refuse, rank or zero.", valueName: "meaning"))
  var alphaZero: AlphaZero = .refused

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Tensors that may stay unmatched; may be given again.", valueName: "glob"))
  var allowUnmatched: [String] = []

  func validate() throws {
    if program != nil, namingOptions.naming != nil {
      throw ValidationError("--for chooses the naming: leave --naming out")
    }
    if norm == .delta {
      throw ValidationError("--norm delta is for weft fuse: here norms are differences anyway")
    }
  }

  /// Puts everything into a recipe.
  func apply(to recipe: inout AdapterMergeRecipe) throws {
    recipe.basePath = base
    recipe.normMode = norm
    recipe.alphaZero = alphaZero
    recipe.allowedUnmatched = allowUnmatched
    recipe.program = program
    recipe.form.spelling = namingOptions.spelling
  }
}
