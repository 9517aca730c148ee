package import WeftFormats
import WeftKernels
package import WeftNetworks
package import WeftTensors

/// The small encoders of the goldens, with their configurations.
package struct TinyCLIP: Sendable {
  /// The tag of the weights.
  package let name: String
  /// The architecture, such as `sd15`.
  package let architecture: String
  /// The component of the architecture, such as `text_encoder`.
  package let component: String
  /// The numbers that differ from the architecture's own.
  package let dimensions: Dimensions
  /// The heads of each layer.
  package let heads: Int
  /// The activation's name in a configuration.
  package let activation: String

  package static let large = TinyCLIP(
    name: "clip_l", architecture: "sd15", component: "text_encoder",
    dimensions: ["width": .integer(64), "layers": .integer(3)], heads: 4, activation: "quick_gelu")
  package static let bigG = TinyCLIP(
    name: "clip_g", architecture: "sdxl", component: "text_encoder_2",
    dimensions: ["width": .integer(96), "layers": .integer(4)], heads: 6, activation: "gelu")
  package static let micro = TinyCLIP(
    name: "micro_clip", architecture: "sd15", component: "text_encoder",
    dimensions: [
      "width": .integer(32), "mlp": .integer(64), "layers": .integer(2),
      "vocabulary": .integer(512),
    ], heads: 4, activation: "quick_gelu")
  package static let vision = TinyCLIP(
    name: "vit_h", architecture: "sd15", component: "image_encoder",
    dimensions: [
      "width": .integer(64), "mlp": .integer(256), "layers": .integer(3), "patch": .integer(14),
      "positions": .integer(17), "projection": .integer(48),
    ], heads: 4, activation: "gelu")

  /// The weights.
  package func source() throws -> HashSource {
    var source = try HashSource(
      tag: name, architecture: architecture, component: component, dimensions)
    if component == "image_encoder" {
      source.shapes["visual_projection.weight"] = [48, 64]
    }
    return source
  }

  /// The configuration; `eos_token_id` 2 is that of old files and means nothing.
  package func configuration(_ others: [String: JSONValue] = [:]) -> NetworkConfiguration {
    var values: [String: JSONValue] = [
      "num_attention_heads": .integer(heads), "hidden_act": .string(activation),
      "layer_norm_eps": .number(1e-5), "eos_token_id": .integer(2),
    ]
    values.merge(others) { $1 }
    return NetworkConfiguration(
      .object(values.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
      path: "config.json")
  }

  /// The network.
  package func textEncoder(_ others: [String: JSONValue] = [:]) throws -> TextEncoder {
    try TextEncoder(try source(), configuration(others), try ReferenceBackend(threads: 2))
  }
}
