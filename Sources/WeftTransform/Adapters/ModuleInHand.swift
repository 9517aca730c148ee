import WeftFiles
import WeftFormats
import WeftTensors

/// One module of an adapter and the module of the model that it changes.
struct ModuleInHand {
  /// The module's tensors by their roles.
  let tensors: [String: Checkpoint.Tensor]
  /// How the file spells the module.
  let stem: String
  /// The module of the model.
  let target: CanonicalModule
  /// The factor that the user asked for.
  let strength: Double
  /// The weight of replaced norms that the user asked for.
  let normWeight: Double
  /// The adapter's file, for messages.
  let path: String
  let base: BaseModel
  let normBase: BaseModel?
  /// The model that a T-LoRA was trained on.
  let tloraBase: BaseModel?
  let recipe: FuseRecipe
  let config: AdapterConfig?

  /// The name of a parameter of the target.
  func name(_ parameter: String) -> CanonicalName {
    CanonicalName(component: target.component, path: target.path + "." + parameter)
  }

  /// The model's tensor that a parameter changes.
  func stored(_ parameter: String) throws -> BaseModel.Stored {
    guard let stored = base.stored[name(parameter)] else {
      throw refused(
        "the model has no \(name(parameter).path) for it to change",
        advice: "leave it out on purpose with --allow-unmatched '\(stem)*'")
    }
    return stored
  }

  /// A contribution to a parameter of the target.
  func contribution(_ parameter: String, _ change: Contribution.Change) -> Contribution {
    Contribution(target: name(parameter), change: change, origin: "\(path): \(stem)")
  }

  /// The tensor of a role that the family's data file says must be there.
  func required(_ role: String) throws -> Checkpoint.Tensor {
    guard let tensor = tensors[role] else {
      throw refused(
        "the module has no \(role)", advice: "get the adapter again from its source")
    }
    return tensor
  }

  /// A refusal about this module.
  func refused(_ what: String, advice: String) -> TransformError {
    .refused(what, at: "\(path): \(stem)", advice: advice)
  }

  /// Throws unless a tensor has the model's shape; trailing dimensions of one do not matter.
  func requireShape(_ tensor: Checkpoint.Tensor, of stored: BaseModel.Stored) throws {
    guard tensor.info.shape.withoutTrailingOnes == stored.shape.withoutTrailingOnes else {
      throw refused(
        "\"\(tensor.info.name)\" is \(tensor.info.shape), but the model's tensor is "
          + "\(stored.shape)",
        advice: "use an adapter that was made for this architecture")
    }
    try requireFloat(tensor)
  }

  /// Throws unless a tensor holds floating-point numbers that can be computed with.
  func requireFloat(_ tensor: Checkpoint.Tensor) throws {
    guard tensor.info.dtype.isComputable else {
      throw TransformError.badData(
        "\"\(tensor.info.name)\" of type \(tensor.info.dtype.rawValue) cannot be computed with",
        at: path, advice: "convert the adapter to F16, BF16 or F32 first")
    }
  }
}

/// The families that can be fused, by the names of their data files.
///
/// Source of the formulas: each family's own file.
let adapterFamilies: [String: @Sendable (ModuleInHand) throws -> [Contribution]] = [
  "lora": LowRankAdapter.contributions,
  "lora-diff-b": LowRankAdapter.contributions,
  "locon-tucker": LowRankAdapter.contributions,
  "dora": LowRankAdapter.contributions,
  "sparse": SparseRemainder.contributions,
  "reshape": ReshapedWeight.contributions,
  "loha": HadamardAdapter.contributions,
  "lokr": KroneckerAdapter.contributions,
  "glora": GeneralizedAdapter.contributions,
  "ia3": ChannelScaling.contributions,
  "oft": RotationAdapter.contributions,
  "boft": ButterflyAdapter.contributions,
  "full": FullDifference.contributions,
  "set-weight": WeightReplacement.contributions,
  TimestepAdapter.family: TimestepAdapter.contributions,
  "norm": NormDelta.contributions,
  ResAdapterNorm.family: ResAdapterNorm.contributions,
]
