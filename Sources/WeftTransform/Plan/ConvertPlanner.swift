import WeftFiles
package import WeftFormats
import WeftTensors

/// Turns a conversion into a plan by reading headers only.
package enum ConvertPlanner {
  /// The plan of a conversion, or the error that says why there is none.
  package static func plan(
    _ recipe: ConvertRecipe, library: FormatLibrary, threads: Int
  ) throws -> ModelPlan {
    let base = try BaseModel.openAnything(recipe.inputPath, library: library)
    return try ModelPlanner(
      base: base, choice: recipe.output, updates: [:], operation: .convert, warnings: [],
      library: library
    ).plan(threads: threads)
  }
}
