import WeftFiles
import WeftTensors

/// What PEFT keeps beside the weights: the alpha of all modules and how it becomes a scale.
///
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/layer.py (update_layer)
struct AdapterConfig: Sendable, Equatable {
  /// The key under which diffusers puts the configuration into a file's metadata.
  static let metadataKey = "lora_adapter_metadata"

  let alpha: Double
  let usesRankStabilisation: Bool

  /// The scale of a module of a rank: `alpha / r`, or `alpha / sqrt(r)` when rank-stabilised.
  func scale(rank: Int) -> Double {
    usesRankStabilisation ? alpha / Double(rank).squareRoot() : alpha / Double(rank)
  }

  /// The configuration beside a file that PEFT wrote; nil when there is none.
  static func beside(_ path: String, metadata: [String: String]) throws -> AdapterConfig? {
    let sibling = Paths.join(Paths.directory(of: path), "adapter_config.json")
    guard Paths.name(of: path) == AdapterSource.peftName, Paths.exists(sibling) else {
      return nil
    }
    let value = try readJSON(sibling)
    guard let alpha = value["lora_alpha"]?.double, alpha.isFinite else {
      throw TransformError.badData(
        "the configuration has no lora_alpha", at: sibling,
        advice: "get the adapter again from its source")
    }
    for key in ["rank_pattern", "alpha_pattern"] where value[key]?.members?.isEmpty == false {
      throw TransformError.refused(
        "the configuration sets \(key) by module", at: sibling,
        advice: "convert the adapter to kohya or diffusers naming first")
    }
    return AdapterConfig(
      alpha: alpha, usesRankStabilisation: value["use_rslora"]?.bool ?? false)
  }
}
