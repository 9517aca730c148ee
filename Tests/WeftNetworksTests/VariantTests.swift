import Testing
import WeftTestSupport
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

/// Networks of widths, sizes and parts that no published one has.
struct VariantTests {
  private let backend = try? ReferenceBackend(threads: 2)

  private func expectEqual(_ found: Tensor, _ golden: Golden, _ name: String) throws {
    let expected = try golden.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    #expect(relativeL2(found.floats, expected.floats) <= networkTolerance, "\(name)")
  }

  /// An autoencoder, and how its norms are grouped.
  struct VAECase: Sendable, CustomTestStringConvertible {
    let tag: String
    let channels: [Int]
    let layers, latent, groups: Int
    var isBare = false
    var testDescription: String { tag }
  }

  @Test(
    arguments: [
      VAECase(tag: "odd", channels: [24, 40, 72], layers: 1, latent: 3, groups: 8),
      VAECase(tag: "bare", channels: [32, 64], layers: 3, latent: 16, groups: 16, isBare: true),
    ])
  func `autoencoders do what diffusers does`(_ item: VAECase) throws {
    let (golden, backend) = (try Golden("variants"), try #require(backend))
    let whole = try HashSource(
      tag: item.tag, architecture: "sd15", component: "vae",
      [
        "channels": .list(item.channels), "layers": .integer(item.layers),
        "latent": .integer(item.latent),
      ])
    let shapes = whole.shapes.filter { !item.isBare || !$0.key.contains("quant_conv") }
    let source = HashSource(tag: item.tag, shapes: shapes)
    let configuration = NetworkConfiguration(
      .object([.init("norm_num_groups", .integer(item.groups))]), path: "config.json")
    let encoder = try VAEEncoder(source, configuration, backend)
    let latent = try encoder(golden.tensor("\(item.tag).image"), Pass(backend))
    try expectEqual(latent.moments, golden, "\(item.tag).moments")
    let decoder = try VAEDecoder(source, configuration, backend)
    let image = try decoder(golden.tensor("\(item.tag).latent"), Pass(backend))
    try expectEqual(image, golden, "\(item.tag).decoded")
  }

  private func features(
    _ tag: String, _ architecture: String, inputs: Int, _ golden: Golden
  ) throws -> [Tensor] {
    let source = try HashSource(
      tag: tag, architecture: architecture, component: "t2i_adapter",
      ["channels": .list([32, 64, 96, 96]), "inputs": .integer(inputs)])
    let backend = try #require(backend)
    let adapter = try T2IAdapter(
      source, NetworkConfiguration(.object([]), path: "config.json"), backend)
    let features = try adapter(golden.tensor("\(tag).image"), Pass(backend))
    for (index, feature) in features.enumerated() {
      try expectEqual(feature, golden, "\(tag).feature.\(index)")
    }
    return features
  }

  @Test func `a grey picture whose sizes do not halve evenly gives diffusers' features`() throws {
    let features = try features("grey", "sd15", inputs: 64, Golden("variants"))
    #expect(features.count == 4)
  }

  @Test func `SDXL with an adapter's four features predicts what diffusers predicts`() throws {
    let (golden, backend) = (try Golden("variants"), try #require(backend))
    var inputs = UNet.Inputs(
      sample: try golden.tensor("xl.sample"), timesteps: [333],
      prompt: Conditioning(text: try golden.tensor("xl.context")))
    inputs.pooledText = try golden.tensor("xl.text_embeds")
    inputs.timeIDs = try golden.tensor("xl.time_ids")
    inputs.features = try features("xl", "sdxl", inputs: 768, golden)
    try expectEqual(
      try TinyUNet.sdxl.network(backend)(inputs, Pass(backend)), golden, "xl.unet")
  }

  @Test func `the tiny autoencoder of Flux 2 does what torch does`() throws {
    let (golden, backend) = (try Golden("variants"), try #require(backend))
    let architecture = try #require(try FormatLibrary.embedded().architecture("taesd"))
    let numbers: Dimensions = ["width": .integer(32), "latent": .integer(32)]
    let tensors = try architecture.expanded(
      ["taesd_encoder": numbers, "taesd_decoder": numbers], withOptional: true)
    let source = HashSource(
      tag: "taef2",
      shapes: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name.path, $0.shape) }))
    let latent = try TinyEncoder(source, backend)(golden.tensor("taef2.image"), Pass(backend))
    try expectEqual(latent, golden, "taef2.encoded")
    let image = try TinyDecoder(source, backend)(golden.tensor("taef2.latent"), Pass(backend))
    try expectEqual(image, golden, "taef2.decoded")
  }
}
