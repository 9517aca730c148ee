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
      foundation: try Foundation(base, choice: recipe.output, library: library),
      choice: recipe.output, values: [:], operation: .convert, remarks: [], warnings: [],
      library: library
    ).plan(threads: threads)
  }
}
