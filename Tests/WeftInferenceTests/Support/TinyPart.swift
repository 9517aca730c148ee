import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTestSupport

/// A network of a small model: its weights by the rule `weft-hash-v1`, and where a folder has them.
struct TinyPart: Sendable {
  /// The component of the architecture, such as `unet`.
  let component: String
  /// Other components in the same file.
  var others: [String] = []
  /// What the weights depend on.
  let tag: String
  /// The numbers that differ from the architecture's own.
  var dimensions: Dimensions = [:]
  /// The golden that tells the configuration and the digest of the weights, under these keys of its metadata.
  let golden: String
  var configurationKey = "config"
  var digestKey: String? = "weights_sha256_sorted_name_f32le"
  /// What the configuration says beside what the golden tells.
  var configuration: [JSONValue.Member] = []
  /// The file, where it is not named after the component.
  var file: String?
  /// Whether there is a `config.json` beside the file.
  var hasConfiguration = true
  /// Tensors that the architecture does not have.
  var added: [String: Shape] = [:]
  /// How published files spell the start of names.
  var spelling: [String: String] = [:]

  /// The weights under the names of diffusers and transformers.
  func source(_ architecture: String) throws -> HashSource {
    var shapes = added
    for component in [component] + others {
      shapes.merge(
        try HashSource(
          tag: tag, architecture: architecture, component: component, dimensions
        ).shapes
      ) { $1 }
    }
    return HashSource(tag: tag, shapes: shapes)
  }

  /// The name that files have for a tensor.
  func stored(_ name: String) -> String {
    guard let start = spelling.keys.first(where: { name.hasPrefix($0) }) else { return name }
    return (spelling[start] ?? "") + name.dropFirst(start.count)
  }
}
