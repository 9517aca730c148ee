import WeftFiles
package import WeftRecipes
package import WeftTransform

/// The steps that are done in one pass, with one rounding: a model is read, and one output or every variant of a sweep is
/// written.
package struct ModelPass: Sendable {
  /// What a pass reads.
  package enum Source: Sendable, Equatable {
    /// The task's model.
    case input
    /// The output of an earlier pass.
    case pass(Int)
  }

  /// An output.
  package struct Output: Sendable, Equatable {
    /// What tells the variants of a sweep apart, such as `scale-0.25`; empty without a sweep.
    package let variant: String
    /// The place of the variant in the sweep.
    let number: Int
    /// The path below the folder of the outputs; that of a folder ends in a slash.
    package let path: String
  }

  /// The name of the step whose result is saved.
  package let step: String
  /// The names of the steps that are done, in order.
  package let steps: [String]
  /// What is read.
  package let source: Source
  /// The adapters that are fused, joined from all steps; nil for a conversion.
  package let fuse: JoinedFuse?
  /// The form of the outputs, joined from all steps.
  package let form: PipelineForm
  /// The container of the outputs.
  package let container: OutputContainer
  /// The outputs: one, or as many as the sweep has values.
  package let outputs: [Output]

  /// What decides the bytes of an output.
  ///
  /// - Parameters:
  ///   - input: the model that is read.
  ///   - output: one of `outputs`.
  ///   - place: where paths count from.
  /// - Returns: the recipe of a fuse or a conversion.
  /// - Throws: when a sweep names an adapter that is not there.
  package func recipe(
    input: String, output: Output, place: PipelinePlace
  ) throws -> ModelRecipe {
    let form = outputRecipe(path: place.output(output.path), place: place)
    guard let fuse else {
      var recipe = ConvertRecipe(inputPath: input)
      recipe.output = form
      return .convert(recipe)
    }
    var recipe = FuseRecipe(
      basePath: input, adapters: try fuse.requests(variant: output.number, place: place))
    recipe.normMode = fuse.normMode
    recipe.normBasePath = fuse.normBase.map(place.path)
    recipe.tloraBasePath = fuse.tloraBase.map(place.path)
    recipe.alphaZero = fuse.alphaZero
    recipe.mayBeUnchanged = fuse.isSweep
    recipe.output = form
    return .fuse(recipe)
  }

  private func outputRecipe(path: String, place: PipelinePlace) -> OutputRecipe {
    var recipe = OutputRecipe()
    recipe.setContainer(container, outputPath: path)
    recipe.dtype = RecipeOutput.dtypes.first { $0.word == form.dtype }?.dtype
    recipe.layout = form.layout
    recipe.vaePath = form.vae.map(place.path)
    recipe.averages = AveragesChoice(form.averages ?? .keep)
    recipe.isPruned = form.isPruned ?? false
    recipe.allowedUnmatched = form.allowedUnmatched
    recipe.component = form.component
    recipe.maximumShardByteCount = form.maximumShardByteCount
    recipe.quantization = form.quantization.map(QuantizationRecipe.init)
    recipe.quantization?.importancePath = form.quantization?.imatrix.map(place.path)
    return recipe
  }
}

/// A fuse or a conversion of one model.
package enum ModelRecipe: Sendable {
  case convert(ConvertRecipe)
  case fuse(FuseRecipe)
}
