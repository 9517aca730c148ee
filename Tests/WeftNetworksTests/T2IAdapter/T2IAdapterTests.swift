import Testing
import WeftTestSupport
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

struct T2IAdapterTests {
  private let backend = try? ReferenceBackend(threads: 2)

  private func adapter(
    _ architecture: String = "sd15", inputs: Int = 192, config: [JSONValue.Member] = []
  ) throws -> T2IAdapter {
    let source = try HashSource(
      tag: "t2i", architecture: architecture, component: "t2i_adapter",
      ["channels": .list([32, 64, 96, 96]), "inputs": .integer(inputs)])
    return try T2IAdapter(
      source, NetworkConfiguration(.object(config), path: "config.json"), #require(backend))
  }

  @Test func `gives diffusers' features, and the UNet with them predicts what diffusers predicts`()
    throws
  {
    let (golden, backend) = (try Golden("t2i_adapter"), try #require(backend))
    let features = try adapter()(golden.tensor("in.cond"), Pass(backend))
    #expect(features.count == 4)
    for (index, feature) in features.enumerated() {
      let expected = try golden.tensor("out.feat\(index)")
      #expect(feature.shape == expected.shape)
      #expect(relativeL2(feature.floats, expected.floats) <= networkTolerance, "\(index)")
    }
    var inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: [601],
      prompt: Conditioning(text: try golden.tensor("in.context")))
    let network = try TinyUNet.sd15.network(backend)
    let alone = try network(inputs, Pass(backend))
    inputs.features = features
    let guided = try network(inputs, Pass(backend))
    let expected = try golden.tensor("out.unet")
    #expect(relativeL2(guided.floats, expected.floats) <= networkTolerance)
    #expect(relativeL2(alone.floats, expected.floats) > 100 * networkTolerance)
  }

  @Test func `SDXL's adapters halve once, and their last feature is the middle's`() throws {
    let backend = try #require(backend)
    let features = try adapter("sdxl", inputs: 768)(.pattern([1, 3, 128, 96]), Pass(backend))
    #expect(
      features.map(\.shape) == [[1, 32, 8, 6], [1, 64, 8, 6], [1, 96, 4, 3], [1, 96, 4, 3]])
    let golden = try Golden("sdxl_unet")
    func row(_ name: String) throws -> Tensor {
      let whole = try golden.tensor(name)
      let shape = Shape([1] + whole.shape.dimensions.dropFirst())
      return Tensor(shape, Array(whole.floats.prefix(shape.checkedElementCount ?? 0)))
    }
    var inputs = UNet.Inputs(
      sample: .pattern([1, 4, 16, 12]), timesteps: [601],
      prompt: Conditioning(text: try row("in.context")))
    (inputs.pooledText, inputs.timeIDs) = (try row("in.text_embeds"), try row("in.time_ids"))
    let network = try TinyUNet.sdxl.network(backend)
    inputs.features = Array(features.dropLast())
    let three = try network(inputs, Pass(backend))
    inputs.features = features
    let four = try network(inputs, Pass(backend))
    #expect(relativeL2(four.floats, three.floats) > 100 * networkTolerance)
  }

  @Test func `a config.json says what the weights do not`() throws {
    let backend = try #require(backend)
    let config: [JSONValue.Member] = [
      .init("downscale_factor", .integer(16)), .init("adapter_type", .string("full_adapter")),
    ]
    let features = try adapter(inputs: 768, config: config)(
      .pattern([1, 3, 64, 64]), Pass(backend))
    #expect(features.map { $0[2] } == [4, 2, 1, 1])
    let light: [JSONValue.Member] = [.init("adapter_type", .string("light_adapter"))]
    #expect(throws: NetworkError.self) { try adapter(config: light) }
  }

  @Test(
    arguments: [
      ([1, 3, 60, 64], "give one of 56 by 64 or 64 by 64"),
      ([1, 1, 64, 64], "give a picture of 3 channels"),
    ] as [(Shape, String)])
  func `says which picture it takes`(_ shape: Shape, _ advice: String) throws {
    let backend = try #require(backend)
    let adapter = try adapter()
    let error = #expect(throws: NetworkError.self) { try adapter(.pattern(shape), Pass(backend)) }
    #expect(error?.advice == advice)
  }

  @Test func `the UNet refuses features of another size`() throws {
    let backend = try #require(backend)
    let golden = try Golden("t2i_adapter")
    var inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: [601],
      prompt: Conditioning(text: try golden.tensor("in.context")))
    inputs.features = try adapter()(.pattern([1, 3, 64, 128]), Pass(backend))
    let network = try TinyUNet.sd15.network(backend)
    let error = #expect(throws: NetworkError.self) { try network(inputs, Pass(backend)) }
    #expect(
      error?.what
        == "the feature for 'down_blocks.0' is [1, 32, 8, 16], but must be [1, 32, 16, 16]")
  }
}
