import Testing
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

/// The small encoders of the goldens, with their configurations.
struct TinyCLIP: Sendable, CustomTestStringConvertible {
  let name: String
  let architecture: String
  let component: String
  let dimensions: Dimensions
  let heads: Int
  let activation: String
  var testDescription: String { name }

  static let large = TinyCLIP(
    name: "clip_l", architecture: "sd15", component: "text_encoder",
    dimensions: ["width": .integer(64), "layers": .integer(3)], heads: 4, activation: "quick_gelu")
  static let bigG = TinyCLIP(
    name: "clip_g", architecture: "sdxl", component: "text_encoder_2",
    dimensions: ["width": .integer(96), "layers": .integer(4)], heads: 6, activation: "gelu")
  static let micro = TinyCLIP(
    name: "micro_clip", architecture: "sd15", component: "text_encoder",
    dimensions: [
      "width": .integer(32), "mlp": .integer(64), "layers": .integer(2),
      "vocabulary": .integer(512),
    ], heads: 4, activation: "quick_gelu")
  static let vision = TinyCLIP(
    name: "vit_h", architecture: "sd15", component: "image_encoder",
    dimensions: [
      "width": .integer(64), "mlp": .integer(256), "layers": .integer(3), "patch": .integer(14),
      "positions": .integer(17), "projection": .integer(48),
    ], heads: 4, activation: "gelu")

  /// The weights.
  func source() throws -> HashSource {
    var source = try HashSource(
      tag: name, architecture: architecture, component: component, dimensions)
    if component == "image_encoder" {
      source.shapes["visual_projection.weight"] = [48, 64]
    }
    return source
  }

  /// The configuration; `eos_token_id` 2 is that of old files and means nothing.
  func configuration(_ others: [String: JSONValue] = [:]) -> NetworkConfiguration {
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
  func textEncoder(_ others: [String: JSONValue] = [:]) throws -> TextEncoder {
    try TextEncoder(try source(), configuration(others), try ReferenceBackend(threads: 2))
  }
}

/// Compares with a golden.
func expect(
  _ found: Tensor, equals name: String, of golden: Golden, within tolerance: Double = clipTolerance
) throws {
  let expected = try golden.tensor(name)
  #expect(found.shape == expected.shape, "\(name)")
  let error = relativeL2(found.floats, expected.floats)
  #expect(error <= tolerance, "\(name): \(error)")
}

/// Encoders are a few layers deep: the goldens' own error against float64 is 4e-7.
let clipTolerance = 2e-6

extension HashSource {
  /// The SHA-256 over sorted names and values, as the goldens' makers note it.
  func sha256() throws -> String {
    let stream = SHA256Stream()
    for (name, shape) in shapes.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let text = ByteBuffer(byteCount: name.utf8.count)
      text.all.copy(from: Array(name.utf8))
      stream.update(text.all)
      let values = ByteBuffer(byteCount: (shape.checkedElementCount ?? 0) * 4)
      try read(name, into: values.all)
      stream.update(values.all)
    }
    return stream.finish().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
