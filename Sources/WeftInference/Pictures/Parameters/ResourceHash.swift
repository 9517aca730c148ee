package import WeftTransform
import WeftFiles

/// The name and the short hash by which a model site finds a file that a picture was made with.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/sd_models.py,
/// extensions-builtin/Lora/network.py and extra_networks_lora.py
package struct ResourceHash: Sendable, Hashable {
  /// What kind of file it is, which decides which hash is written.
  package enum Kind: Sendable {
    /// A model or a VAE: 10 digits of the file's SHA-256 (AutoV2).
    case model
    /// An adapter: 12 digits of the SHA-256 of a safetensors file's data (AutoV3), or of another file.
    case adapter
    /// A textual inversion: 12 digits of the file's SHA-256.
    case embedding
  }

  /// The name.
  package let name: String
  /// The digits, in lower case.
  package let digits: String

  /// The hash of a file; nil for what has none, such as a folder.
  ///
  /// - Parameters:
  ///   - path: the file, whose name counts without its ending.
  ///   - hashes: the file's hashes.
  ///   - kind: what it is used as.
  package init?(path: String, _ hashes: ModelHashes, as kind: Kind) {
    let whole = hashes.sha256.map { String($0.prefix(kind == .model ? 10 : 12)) }
    guard let digits = kind == .adapter ? hashes.autoV3 ?? whole : whole else { return nil }
    self.init(name: Self.name(of: path), digits: digits)
  }

  /// Makes a hash of a name.
  package init(name: String, digits: String) { (self.name, self.digits) = (name, digits) }

  /// A file's name without its ending, and without that of the container within a compressed one.
  package static func name(of path: String) -> String {
    var name = Substring(Paths.name(of: path))
    for ending in [".zst", ".wz"] where name.hasSuffix(ending) {
      name = name.dropLast(ending.count)
    }
    if let point = name.lastIndex(of: "."), point > name.startIndex { name = name[..<point] }
    return String(name)
  }
}

extension GenerationParameters {
  /// Names the model, and the VAE where it is a file of its own.
  package mutating func setModel(_ model: ResourceHash, vae: ResourceHash? = nil) {
    self["Model hash"] = model.digits
    self["Model"] = model.name
    if let vae {
      self["VAE hash"] = vae.digits
      self["VAE"] = vae.name
    }
  }

  /// Names the adapters and the textual inversions; empty lists write nothing.
  package mutating func setAdapters(_ adapters: [ResourceHash], embeddings: [ResourceHash] = []) {
    if !adapters.isEmpty { self["Lora hashes"] = Self.list(adapters) }
    if !embeddings.isEmpty { self["TI hashes"] = Self.list(embeddings) }
  }

  /// The adapters' names and hashes.
  package var adapterHashes: [ResourceHash] { Self.hashes(self["Lora hashes"]) }
  /// The textual inversions' names and hashes.
  package var embeddingHashes: [ResourceHash] { Self.hashes(self["TI hashes"]) }

  private static func list(_ hashes: [ResourceHash]) -> String {
    hashes.map { hash in
      hash.name.filter { $0 != ":" && $0 != "," } + ": " + hash.digits
    }.joined(separator: ", ")
  }

  private static func hashes(_ list: String?) -> [ResourceHash] {
    (list ?? "").split(separator: ",").compactMap { item in
      let parts = item.split(separator: ":").map { trimmed($0) }
      return parts.count == 2 ? ResourceHash(name: parts[0], digits: parts[1]) : nil
    }
  }
}
