import Testing
import WeftTestSupport
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

@Suite("IP-Adapters")
struct IPAdapterTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  /// The layers of the small UNet of Stable Diffusion 1, and the plain projection of the goldens.
  static let plain: [String: Shape] = {
    var shapes: [String: Shape] = [
      "image_proj.image_embeds.weight": [4 * 64, 48], "image_proj.image_embeds.bias": [4 * 64],
      "image_proj.norm.weight": [64], "image_proj.norm.bias": [64],
    ]
    let widths = [32, 32, 64, 64, 96, 96, 96, 96, 96, 64, 64, 64, 32, 32, 32, 96]
    for (index, width) in widths.enumerated() {
      shapes["ip_adapter.\(2 * index + 1).to_k_ip.weight"] = [width, 64]
      shapes["ip_adapter.\(2 * index + 1).to_v_ip.weight"] = [width, 64]
    }
    return shapes
  }()

  private func encoding(_ picture: Tensor) throws -> VisionEncoding {
    try VisionEncoder(TinyCLIP.vision.source(), TinyCLIP.vision.configuration(), backend)(
      picture, Pass(backend))
  }

  private func adapter(_ source: any WeightSource) throws -> IPAdapter {
    try IPAdapter(source, unet: TinyUNet.sd15.source(), backend)
  }

  /// What the small UNet predicts with a picture's tokens at a scale of 0.6.
  private func prediction(
    _ adapter: IPAdapter, _ tokens: Tensor, _ golden: Golden
  ) throws -> Tensor {
    var prompt = Conditioning(text: try golden.tensor("in.context"))
    prompt.images = [adapter.prompt(tokens, scale: 0.6)]
    let inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: [601], prompt: prompt)
    return try TinyUNet.sd15.network(backend)(inputs, Pass(backend))
  }

  @Test func `guide a UNet as in diffusers`() throws {
    let golden = try Golden("ip_adapter")
    let adapter = try adapter(HashSource(tag: "ip", shapes: Self.plain))
    let encoding = try encoding(golden.tensor("in.pixel_values"))
    let tokens = try adapter.tokens(adapter.features(of: encoding), Pass(backend))
    try expect(tokens, equals: "out.image_tokens", of: golden)
    try expect(
      try prediction(adapter, tokens, golden), equals: "out.unet", of: golden,
      within: networkTolerance)
  }

  @Test func `guide a UNet with the tokens of all patches as in diffusers`() throws {
    let golden = try Golden("ip_plus")
    let source = try PlusSource(golden)
    #expect(
      try source.projection.digest()
        == golden.checkpoint.metadata["weights_sha256_sorted_name_f32le"])
    let adapter = try adapter(source)
    let picture = try golden.tensor("in.pixel_values")
    let tokens = try adapter.tokens(adapter.features(of: encoding(picture)), Pass(backend))
    try expect(tokens, equals: "out.image_tokens", of: golden)
    try expect(
      try prediction(adapter, tokens, golden), equals: "out.unet", of: golden,
      within: networkTolerance)
    let zeros = Tensor(picture.shape, [Float](repeating: 0, count: picture.elementCount))
    let blank = try adapter.tokens(adapter.features(of: encoding(zeros)), Pass(backend))
    try expect(blank, equals: "out.image_tokens_blank", of: golden)
  }

  @Test(arguments: ["sd15", "sdxl"])
  func `number their layers in the order of diffusers`(architecture: String) throws {
    let orders = try JSONValue(
      parsing: Array(try #require(Golden("ip_plus").checkpoint.metadata["orders"]).utf8))
    let unet = try HashSource(tag: "", architecture: architecture, component: "unet")
    let expected = orders[architecture]?.elements?.compactMap(\.text)
    #expect(CrossAttentions(unet, backend).paths == expected)
    // The data's widths of the layers are those of the UNet.
    let library = try FormatLibrary.embedded()
    let layers = try #require(library.architecture(architecture)).expanded(only: "ip_adapter")
    for (index, path) in (expected ?? []).enumerated() {
      let layer = layers.first { $0.name.path == "ip_adapter.\(2 * index + 1).to_k_ip.weight" }
      #expect(layer?.shape == unet.shape("\(path).to_k.weight"), "\(path)")
    }
  }

  @Test(
    arguments: [
      ("ip_adapter.13.to_v_ip.weight", nil, "up_blocks.1.attentions.0"),
      ("ip_adapter.31.to_k_ip.weight", nil, "mid_block.attentions.0"),
      ("ip_adapter.5.to_k_ip.weight", [32, 64], "[64, 64]"),
      ("ip_adapter.5.to_v_ip.weight", [64, 32], "[64, 64]"),
      ("ip_adapter.33.to_k_ip.weight", [32, 64], "16 attentions"),
      ("image_proj.image_embeds.weight", nil, "unknown kind"),
      ("image_proj.norm.weight", [60], "60"),
    ] as [(String, Shape?, String)])
  func `refuse layers that are not the UNet's`(
    name: String, shape: Shape?, what: String
  ) throws {
    var shapes = Self.plain
    shapes[name] = shape
    let error = try #require(throws: NetworkError.self) {
      try adapter(HashSource(tag: "ip", shapes: shapes))
    }
    #expect(error.what.contains(what), "\(error.what)")
  }

  @Test func `refuse the UNet of another architecture`() throws {
    let source = HashSource(tag: "ip", shapes: Self.plain)
    let error = try #require(throws: NetworkError.self) {
      try IPAdapter(source, unet: TinyUNet.sdxl.source(), backend)
    }
    #expect(error.advice.contains("architecture"))
    let large = try HashSource(tag: "", architecture: "sdxl", component: "ip_adapter")
    #expect(throws: NetworkError.self) { try adapter(large) }
  }

  @Test func `refuse features of the other kind of adapter, and of other encoders`() throws {
    let adapter = try adapter(HashSource(tag: "ip", shapes: Self.plain))
    for shape in [[1, 17, 64], [1, 64]] as [Shape] {
      let features = Tensor(shape, [Float](repeating: 0, count: shape.dimensions.reduce(1, *)))
      #expect(throws: NetworkError.self) { try adapter.tokens(features, Pass(backend)) }
    }
  }
}

/// The weights of the small adapter called "plus": its own projection, and the plain one's layers.
private struct PlusSource: WeightSource {
  let path = "ip_plus"
  let projection, layers: HashSource

  init(_ golden: Golden) throws {
    let text = try #require(golden.checkpoint.metadata["shapes"])
    var shapes: [String: Shape] = [:]
    for member in try JSONValue(parsing: Array(text.utf8)).members ?? [] {
      shapes[member.key] = Shape((member.value.elements ?? []).compactMap(\.integer))
    }
    projection = HashSource(tag: "ip_plus", shapes: shapes)
    layers = HashSource(
      tag: "ip", shapes: IPAdapterTests.plain.filter { $0.key.hasPrefix("ip_adapter.") })
  }

  private func home(_ name: String) -> HashSource {
    name.hasPrefix("image_proj.") ? projection : layers
  }

  func shape(_ name: String) -> Shape? { home(name).shape(name) }

  func read(_ name: String, into target: ByteSlice) throws {
    try home(name).read(name, into: target)
  }
}
