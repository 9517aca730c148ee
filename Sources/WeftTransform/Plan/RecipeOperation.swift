import WeftFiles
import WeftTensors

/// What made a model, beside the form that it was written in.
enum RecipeOperation {
  /// The same values in another form.
  case convert
  /// Adapters were fused.
  case fuse(FuseRecipe, sources: [AdapterSource], normBase: BaseModel?)

  /// The word of the recipe.
  var name: String {
    switch self {
    case .convert: "convert"
    case .fuse: "fuse"
    }
  }

  /// What is read besides the base.
  var checkpoints: [Checkpoint] {
    switch self {
    case .convert: []
    case .fuse(_, let sources, let normBase):
      (normBase.map { [$0.checkpoint] } ?? []) + sources.flatMap { $0.parts.map(\.checkpoint) }
    }
  }

  /// The recipe's members that are about the operation; `parents` describes the files of a checkpoint.
  func members(parents: (Checkpoint) -> [JSONValue]) -> [JSONValue.Member] {
    guard case .fuse(let recipe, let sources, let normBase) = self else { return [] }
    let adapters = sources.map { source in
      JSONValue.object([
        "files": .array(source.parts.flatMap { parents($0.checkpoint) }),
        "unet": .number(source.request.unetScale),
        "te": .number(source.request.textEncoderScale),
        "norm": .number(source.request.normWeight),
        "lbw": source.request.blockWeights.map(JSONValue.string),
        "lbw_rest": source.request.blockRest.map(JSONValue.number),
        "lbw_resadapter": source.request.weighsResAdapter ? .bool(true) : nil,
      ])
    }
    let value = JSONValue.object([
      "adapters": .array(adapters),
      "norm": .string(recipe.normMode.rawValue),
      "norm_base": normBase.map { .array(parents($0.checkpoint)) },
      "alpha_zero": recipe.alphaZero == .refused ? nil : .string(recipe.alphaZero.rawValue),
    ])
    return value.members ?? []
  }
}
