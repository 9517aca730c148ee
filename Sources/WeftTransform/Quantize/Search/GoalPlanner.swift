import WeftFiles
import WeftFormats
import WeftTensors

/// Plans one model with many choices of types; its headers are read once.
struct GoalPlanner: Sendable {
  private let recipe: ConvertRecipe
  private let quantization: QuantizationRecipe
  private let base: BaseModel
  private let foundation: Foundation
  private let library: FormatLibrary
  private let threads: Int

  /// The type of what no choice names; every tensor that it would decide for is chosen for.
  private static let restType = "f16"

  init(_ recipe: ConvertRecipe, library: FormatLibrary, threads: Int) throws {
    guard var quantization = recipe.output.quantization else {
      throw RecipeError(argument: recipe.inputPath, what: "a goal needs a quantisation")
    }
    quantization.type = Self.restType
    self.recipe = recipe
    self.quantization = quantization
    self.library = library
    self.threads = threads
    base = try BaseModel.openAnything(recipe.inputPath, library: library)
    foundation = try Foundation(base, choice: recipe.output, library: library)
  }

  /// The tensors whose types can be chosen, and those that rules choose for.
  func tensors(types: [String]) throws -> [SurveyedTensor] {
    guard !library.candidates(in: recipe.output.format.rawValue).isEmpty else {
      throw refusal(
        "types cannot be chosen for \(recipe.output.format.rawValue), whose size is not known before",
        advice: "write a .gguf or .safetensors file")
    }
    let output = try OutputPlanner(
      choice: recipe.output, base: base, values: [:], replacements: foundation.replacements,
      library: library
    ).plan()
    return try SurveyPlanner(
      output: output, choice: recipe.output, recipe: quantization, base: base, library: library,
      types: types
    ).tensors()
  }

  /// The plan of a choice of types by tensor.
  func plan(_ types: [String: String]) throws -> ModelPlan {
    var quantization = quantization
    quantization.chosen = types
    if !encodesBlocks(types) { quantization.importancePath = nil }
    var choice = recipe.output
    choice.quantization = quantization
    return try ModelPlanner(
      foundation: foundation, choice: choice, values: [:], operation: .convert, remarks: [],
      warnings: [], library: library
    ).plan(threads: threads)
  }

  /// Whether any encoder is used that column weights change.
  private func encodesBlocks(_ types: [String: String]) -> Bool {
    (types.values + quantization.rules.map(\.type)).contains {
      library.quantType($0)?.dtype?.isBlocks ?? false
    }
  }

  func nothingToChoose() -> TransformError {
    refusal(
      "there is no tensor to choose a type for: none is left by the policy and the rules that a type makes smaller",
      advice: "allow more types with --type, take rules away, or choose another reader with --for")
  }

  func refusal(_ what: String, advice: String) -> TransformError {
    .refused(what, at: base.checkpoint.path, advice: advice)
  }
}
