import WeftFiles
import WeftFormats
import WeftTensors

/// What PEFT keeps beside the weights: the alpha of all modules and how it becomes a scale.
///
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/layer.py (update_layer)
struct AdapterConfig: Sendable, Equatable {
  let alpha: Double
  let rank: Int?
  let usesRankStabilisation: Bool

  /// The scale of a module of a rank: `alpha / r`, or `alpha / sqrt(r)` when rank-stabilised.
  func scale(rank: Int) -> Double {
    usesRankStabilisation ? alpha / Double(rank).squareRoot() : alpha / Double(rank)
  }

  /// Reads a configuration and refuses what would change the formula.
  init(_ value: JSONValue, path: String) throws {
    guard let alpha = value["lora_alpha"]?.double, alpha.isFinite else {
      throw Self.refusal("the configuration has no lora_alpha", path)
    }
    if let type = value["peft_type"]?.text, type != "LORA" {
      throw Self.refusal("the configuration is of the type \(type), not LORA", path)
    }
    if value["fan_in_fan_out"]?.bool == true || value["use_dora"]?.bool == true {
      throw Self.refusal("the configuration sets fan_in_fan_out or use_dora", path)
    }
    for key in ["rank_pattern", "alpha_pattern"] where value[key]?.members?.isEmpty == false {
      throw Self.refusal("the configuration sets \(key) by module", path)
    }
    self.alpha = alpha
    rank = value["r"]?.integer
    usesRankStabilisation = value["use_rslora"]?.bool ?? false
  }

  private static func refusal(_ what: String, _ path: String) -> TransformError {
    .refused(what, at: path, advice: "convert the adapter to kohya or diffusers naming first")
  }
}

/// The configurations that an adapter file has, by where they stand.
struct AdapterConfigs: Sendable {
  /// The key under which diffusers puts the configurations of all components into a file's metadata.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.35.0/src/diffusers/loaders/lora_base.py
  static let metadataKey = "lora_adapter_metadata"
  static let fileName = "adapter_config.json"
  /// How PEFT's own files start the names of their modules.
  static let stemPrefix = "base_model.model."

  private var besideFile: AdapterConfig?
  private var byComponent: [String: AdapterConfig] = [:]

  /// Reads the configuration beside a file, and those in its metadata.
  init(of checkpoint: Checkpoint) throws {
    let sibling = Paths.join(Paths.directory(of: checkpoint.path), Self.fileName)
    let isPEFT = checkpoint.tensors.contains { $0.info.name.hasPrefix(Self.stemPrefix) }
    if isPEFT, Paths.exists(sibling) {
      besideFile = try AdapterConfig(try readJSON(sibling), path: sibling)
    }
    guard let text = checkpoint.metadata[Self.metadataKey] else { return }
    guard let members = (try? JSONValue(parsing: Array(text.utf8)))?.members else {
      throw TransformError.badData(
        "the metadata \(Self.metadataKey) is not JSON", at: checkpoint.path,
        advice: "get the adapter again from its source")
    }
    // The keys are `component.key`.
    let components = Set(members.compactMap { $0.key.split(separator: ".").first.map(String.init) })
    for component in components {
      let own = members.filter { $0.key.hasPrefix(component + ".") }.map {
        JSONValue.Member(String($0.key.dropFirst(component.count + 1)), $0.value)
      }
      byComponent[component] = try AdapterConfig(.object(own), path: checkpoint.path)
    }
  }

  /// The configuration of a module; nil when there is none.
  func config(stem: String, component: String) -> AdapterConfig? {
    byComponent[component] ?? (stem.hasPrefix(Self.stemPrefix) ? besideFile : nil)
  }
}
