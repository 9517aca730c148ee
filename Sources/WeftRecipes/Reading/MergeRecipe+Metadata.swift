package import WeftFormats
package import WeftTensors

extension MergeRecipe {
  /// Reads the recipe of a model's metadata: that of a merge, of a fuse or of a conversion.
  ///
  /// `path` is the model's, for errors. Throws `RecipeProblem`.
  package init(
    metadata: JSONValue, path: String, library: FormatLibrary
  ) throws(RecipeProblem) {
    let origin = RecipeOrigin(path: path)
    let root = RecipeNode(metadata)
    var reader = RecipeReader(origin: origin, library: library)
    reader.isMetadata = true
    if metadata["operation"]?.text == "merge" {
      self = try reader.recipe(root)
      for index in models.indices {
        models[index].history = metadata["models"]?[models[index].name]?["recipe"]
      }
    } else {
      self = try SingleOperation(reader: reader, metadata: metadata).recipe()
    }
  }
}
