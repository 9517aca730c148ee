import WeftFormats
import WeftRecipes
import WeftTensors

/// The library that is compiled in.
let library = Result { try FormatLibrary.embedded() }

/// The recipe of a text.
func recipe(_ yaml: String) throws -> MergeRecipe {
  try MergeRecipe(yaml: Array(yaml.utf8), path: "r.yaml", library: library.get())
}

/// The error that reading a text gives, or nil.
func problem(_ yaml: String) throws -> RecipeProblem? {
  let library = try library.get()
  do throws(RecipeProblem) {
    _ = try MergeRecipe(yaml: Array(yaml.utf8), path: "r.yaml", library: library)
    return nil
  } catch {
    return error
  }
}

extension MergeRecipe {
  /// The merge step of a name.
  func merge(_ name: String) -> MergeStep? {
    guard case .merge(let step)? = step(name)?.action else { return nil }
    return step
  }

  /// The fuse step of a name.
  func fuse(_ name: String) -> FuseStep? {
    guard case .fuse(let step)? = step(name)?.action else { return nil }
    return step
  }
}
