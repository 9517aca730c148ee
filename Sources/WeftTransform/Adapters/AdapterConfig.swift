import WeftFiles
import WeftFormats
import WeftTensors

/// What PEFT keeps beside the weights: the alpha and rank of all modules, or by module, and how they become a scale.
///
/// Source: https://github.com/huggingface/peft/blob/v0.18.0/src/peft/tuners/lora/layer.py (update_layer),
/// https://github.com/huggingface/peft/blob/v0.18.0/src/peft/utils/other.py (get_pattern_key)
struct AdapterConfig: Sendable, Equatable {
  private let alpha: Double
  private let rank: Int?
  private let alphas: [String: Double]
  private let ranks: [String: Double]
  /// Whether alpha is divided by the root of the rank.
  let usesRankStabilisation: Bool
  /// Whether every module has a magnitude (DoRA).
  let usesMagnitudes: Bool

  /// The alpha of a module.
  func alpha(of stem: String) -> Double { Self.value(alphas, stem) ?? alpha }

  /// The rank of a module, when it is stated.
  func rank(of stem: String) -> Int? {
    Self.value(ranks, stem).flatMap { Int(exactly: $0) } ?? rank
  }

  /// The scale of a module of a rank: `alpha / r`, or `alpha / sqrt(r)` when rank-stabilised.
  func scale(rank: Int, stem: String) -> Double {
    let divisor = usesRankStabilisation ? Double(rank).squareRoot() : Double(rank)
    return alpha(of: stem) / divisor
  }

  /// The value of the pattern that a module's name ends with; the longest, when several do.
  private static func value(_ patterns: [String: Double], _ stem: String) -> Double? {
    patterns.filter { stem == $0.key || stem.hasSuffix("." + $0.key) }
      .max { $0.key.utf8.count < $1.key.utf8.count }?.value
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
    self.alpha = alpha
    rank = value["r"]?.integer
    alphas = try Self.patterns(value, "alpha_pattern", path)
    ranks = try Self.patterns(value, "rank_pattern", path)
    usesRankStabilisation = value["use_rslora"]?.bool ?? false
    usesMagnitudes = value["use_dora"]?.bool ?? false
  }

  /// Numbers by the ends of modules' names; PEFT takes them as regular expressions, of which only plain names are read.
  private static func patterns(
    _ value: JSONValue, _ key: String, _ path: String
  ) throws -> [String: Double] {
    var result: [String: Double] = [:]
    for member in value[key]?.members ?? [] {
      let name = member.key.hasPrefix("^") ? String(member.key.dropFirst()) : member.key
      guard let number = member.value.double, number.isFinite else {
        throw refusal("\(key) has no number for \(member.key)", path)
      }
      guard name.utf8.allSatisfy(isPlain) else {
        throw refusal("\(key) has the pattern \(member.key), which is no plain name", path)
      }
      result[name] = number
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
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
