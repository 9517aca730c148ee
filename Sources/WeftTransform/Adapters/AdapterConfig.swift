import WeftFiles
import WeftFormats
import WeftTensors

/// What PEFT keeps beside the weights: the alpha and rank of each module, and how they become a scale.
///
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/layer.py (update_layer)
struct AdapterConfig: Sendable, Equatable {
  /// The alpha of the module that was asked for, or of those without one of their own.
  private(set) var alpha: Double
  /// The rank of the module that was asked for, or of those without one of their own.
  private(set) var rank: Int?
  /// Whether alpha is divided by the root of the rank.
  let usesRankStabilisation: Bool
  /// Whether every module has a magnitude (DoRA).
  let usesMagnitudes: Bool
  private let alphas: [ModulePattern: Double]
  private let ranks: [ModulePattern: Double]

  /// The scale of a module of a rank: `alpha / r`, or `alpha / sqrt(r)` when rank-stabilised.
  func scale(rank: Int) -> Double {
    usesRankStabilisation ? alpha / Double(rank).squareRoot() : alpha / Double(rank)
  }

  /// What holds for one module, by its path in the component.
  func config(of path: String) -> AdapterConfig {
    var config = self
    config.alpha = ModulePattern.value(alphas, for: path) ?? alpha
    config.rank = ModulePattern.value(ranks, for: path).map { Int($0) } ?? rank
    return config
  }

  /// Reads a configuration and refuses what would change the formula.
  init(_ value: JSONValue, path: String) throws {
    guard let alpha = value["lora_alpha"]?.double, alpha.isFinite else {
      throw Self.refusal("the configuration has no lora_alpha", path)
    }
    if let type = value["peft_type"]?.text, type != "LORA" {
      throw Self.refusal("the configuration is of the type \(type), not LORA", path)
    }
    if value["fan_in_fan_out"]?.bool == true {
      throw Self.refusal("the configuration sets fan_in_fan_out", path)
    }
    try Self.refuseChangedBase(value, path: path)
    self.alpha = alpha
    rank = value["r"]?.integer
    usesRankStabilisation = value["use_rslora"]?.bool ?? false
    usesMagnitudes = value["use_dora"]?.bool ?? false
    alphas = try Self.patterns("alpha_pattern", of: value, path: path)
    ranks = try Self.patterns("rank_pattern", of: value, path: path)
  }

  /// Some ways to begin take a part out of the base, so that the factors alone are no difference to it.
  ///
  /// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/config.py (init_lora_weights)
  private static func refuseChangedBase(_ value: JSONValue, path: String) throws {
    let changing = ["pissa", "olora", "corda", "loftq"]
    guard let start = value["init_lora_weights"]?.text?.lowercased(),
      changing.contains(where: start.hasPrefix)
    else { return }
    throw TransformError.refused(
      "the configuration says init_lora_weights \(start), which changed the base before training",
      at: path, advice: "convert it to an ordinary LoRA with PEFT first")
  }

  private static func patterns(
    _ key: String, of value: JSONValue, path: String
  ) throws -> [ModulePattern: Double] {
    var patterns: [ModulePattern: Double] = [:]
    for (place, member) in (value[key]?.members ?? []).enumerated() {
      guard let pattern = ModulePattern(member.key, place: place) else {
        throw refusal("the pattern \"\(member.key)\" of \(key) is not understood", path)
      }
      guard let number = member.value.double, number.isFinite, abs(number) < 1e9 else {
        throw refusal("\(key) of \"\(member.key)\" is no number", path)
      }
      patterns[pattern] = number
    }
    return patterns
  }

  private static func refusal(_ what: String, _ path: String) -> TransformError {
    .refused(what, at: path, advice: "convert the adapter to kohya or diffusers naming first")
  }
}
