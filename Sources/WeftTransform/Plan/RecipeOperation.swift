import WeftFiles
import WeftRecipes
import WeftTensors

/// What made a model, beside the form that it was written in.
enum RecipeOperation {
  /// The same values in another form.
  case convert
  /// Several models were merged, or several steps done, as a recipe says.
  case recipe(MergeRecipe, checkpoints: [Checkpoint])
  /// Adapters were fused.
  case fuse(
    FuseRecipe, sources: [AdapterSource], normBase: BaseModel?, tloraBase: BaseModel?)

  /// The word of the recipe.
  var name: String {
    switch self {
    case .convert: "convert"
    case .recipe: "merge"
    case .fuse: "fuse"
    }
  }

  /// What is read besides the base.
  var checkpoints: [Checkpoint] {
    switch self {
    case .convert: []
    case .recipe(_, let checkpoints): checkpoints
    case .fuse(_, let sources, let normBase, let tloraBase):
      [normBase, tloraBase].compactMap { $0?.checkpoint }
        + sources.flatMap { $0.parts.map(\.checkpoint) }
    }
  }

  /// The recipe's members that are about the operation; `parents` describes the files of a checkpoint.
  func members(
    parents: (Checkpoint) throws -> [JSONValue]
  ) throws -> [JSONValue.Member] {
    guard case .fuse(let recipe, let sources, let normBase, let tloraBase) = self else {
      return []
    }
    let adapters = try sources.map { source in
      JSONValue.object([
        "files": .array(try source.parts.flatMap { try parents($0.checkpoint) }),
        "unet": .number(source.request.unetScale),
        "te": .number(source.request.textEncoderScale),
        "norm": .number(source.request.normWeight),
        "lbw": source.request.blockWeights.map { .string($0.uppercased()) },
        "lbw_rest": source.request.blockRest.map(JSONValue.number),
        "lbw_resadapter": source.request.weighsResAdapter ? .bool(true) : nil,
      ])
    }
    let value = JSONValue.object([
      "adapters": .array(adapters),
      "norm": .string(recipe.normMode.rawValue),
      "norm_base": try normBase.map { .array(try parents($0.checkpoint)) },
      "tlora_base": try tloraBase.map { .array(try parents($0.checkpoint)) },
      "alpha_zero": recipe.alphaZero == .refused ? nil : .string(recipe.alphaZero.rawValue),
    ])
    return value.members ?? []
  }
}
