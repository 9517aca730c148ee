import WeftFiles
import WeftFormats
import WeftTensors

/// The configurations that an adapter file has, by where they stand.
struct AdapterConfigs: Sendable {
  /// The key under which diffusers puts the configurations of all components into a file's metadata.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.35.0/src/diffusers/loaders/lora_base.py
  static let metadataKey = "lora_adapter_metadata"
  static let fileName = "adapter_config.json"
  /// How PEFT's own files start the names of their modules, after the component where there is one.
  static let stemPrefix = "base_model.model."

  private var besideFile: AdapterConfig?
  private var byComponent: [String: AdapterConfig] = [:]

  /// Reads the configuration beside a file, and those in its metadata.
  init(of checkpoint: Checkpoint) throws {
    let sibling = Paths.join(Paths.directory(of: checkpoint.path), Self.fileName)
    let isPEFT = checkpoint.tensors.contains { Self.isPEFTs($0.info.name) }
    if isPEFT, Paths.exists(sibling) {
      besideFile = try AdapterConfig(try readJSON(sibling), path: sibling)
    }
    guard let text = checkpoint.metadata[Self.metadataKey] else {
      if isPEFT, besideFile == nil { try Self.refuseUnknownAlpha(checkpoint) }
      return
    }
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
  func config(stem: String, target: CanonicalModule) -> AdapterConfig? {
    let config = byComponent[target.component] ?? (Self.isPEFTs(stem) ? besideFile : nil)
    return config?.config(of: target.path)
  }

  /// PEFT keeps alpha in its configuration alone; without either the strength is not known.
  private static func refuseUnknownAlpha(_ checkpoint: Checkpoint) throws {
    guard !checkpoint.tensors.contains(where: { $0.info.name.hasSuffix(".alpha") }) else { return }
    throw TransformError.noInput(
      "PEFT's \(fileName), which has the adapter's alpha, is not beside this file",
      at: checkpoint.path, advice: "put the adapter's own \(fileName) there")
  }

  /// Whether a name is spelled as PEFT's own files spell it.
  static func isPEFTs(_ name: String) -> Bool {
    guard !name.hasPrefix(stemPrefix) else { return true }
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
    return name[name.utf8.index(after: slash)...].hasPrefix(stemPrefix)
  }
}
