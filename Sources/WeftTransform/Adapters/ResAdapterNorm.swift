import WeftFormats
import WeftFiles

/// The norms of a ResAdapter: absolute values of every group norm in the UNet's residual blocks.
///
/// The reference replaces the model's own whatever the strength; see `NormMode` for the other ways.
/// Source: https://github.com/bytedance/res-adapter/blob/main/resadapter/model_loader.py
enum ResAdapterNorm {
  /// The name of the family's data file.
  static let family = "resadapter"

  static func contributions(_ module: ModuleInHand) throws -> [Contribution] {
    try ["weight", "bias"].compactMap { parameter in
      guard let value = module.tensors[parameter] else { return nil }
      try module.requireShape(value, of: module.stored(parameter))
      return try change(value, parameter: parameter, module: module).map {
        module.contribution(parameter, $0)
      }
    }
  }

  private static func change(
    _ value: Checkpoint.Tensor, parameter: String, module: ModuleInHand
  ) throws -> Contribution.Change? {
    switch module.recipe.normMode {
    case .skip: return nil
    case .replace, .lerp: return .blend(value, weight: module.normWeight)
    case .delta:
      guard let stock = module.normBase?.stored[module.name(parameter)] else {
        throw module.refused(
          "the stock model has no \(module.name(parameter).path)",
          advice: "give the stock model of the same architecture with --norm-base")
      }
      try module.requireShape(value, of: stock)
      try module.requireFloat(stock.tensor)
      return .difference(value, stock: stock.block(), weight: module.normWeight)
    }
  }
}
