import Testing
import WeftTestSupport
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

/// A network of the goldens with what it gives: found and expected values of each output.
struct FastNetworkCase: Sendable, CustomTestStringConvertible {
  typealias Outputs = [(name: String, found: Tensor, expected: Tensor)]

  let testDescription: String
  /// What torch's bfloat16 is away from float64, as the goldens' manifest says; nil where nobody measured it.
  var measuredBFloat16: Double?
  let outputs: @Sendable (any Backend) throws -> Outputs

  static let unets = [
    unet(.sd15, 0.03054715806881873), unet(.sd2, 0.02291620265523715),
    unet(.sdxl, 0.019727163530336687), unet(.inpaint, 0.029834793117263506),
  ]

  static let others = [
    FastNetworkCase(testDescription: "vae") { backend in
      let (golden, tiny) = (try Golden("vae"), try TinyVAE())
      let latent = try tiny.encoder(backend)(golden.tensor("in.image"), Pass(backend))
      let image = try tiny.decoder(backend)(golden.tensor("in.latent_rect"), Pass(backend))
      return [
        ("moments", latent.moments, try golden.tensor("out.moments")),
        ("std", try latent.standardDeviation(backend), try golden.tensor("out.std")),
        ("image", image, try golden.tensor("out.decoded_rect")),
      ]
    },
    FastNetworkCase(testDescription: "taesd") { backend in
      let golden = try Golden("taesd")
      let decoder = try TinyDecoder(TinyAutoencoderTests.source(), backend)
      let image = try decoder(golden.tensor("in.latent"), Pass(backend))
      return [("image", image, try golden.tensor("out.image_m1_1"))]
    },
    FastNetworkCase(testDescription: "controlnet") { backend in
      let (golden, tiny) = (try Golden("controlnet"), TinyUNet.sd15)
      let source = try HashSource(
        tag: "controlnet", architecture: "sd15", component: "controlnet", tiny.dimensions)
      let network = try ControlNet(source, tiny.configuration, backend)
      var inputs = try guided(golden)
      let residuals = try network(
        inputs, picture: try golden.tensor("in.cond"), Pass(backend)
      ).scaled(by: 0.75, backend)
      inputs.control = residuals
      return [
        ("down", residuals.down[0], try golden.tensor("out.down0")),
        (
          "unet", try tiny.network(backend)(inputs, Pass(backend)), try golden.tensor("out.unet")
        ),
      ]
    },
    FastNetworkCase(testDescription: "t2i-adapter") { backend in
      let golden = try Golden("t2i_adapter")
      let source = try HashSource(
        tag: "t2i", architecture: "sd15", component: "t2i_adapter",
        ["channels": .list([32, 64, 96, 96]), "inputs": .integer(192)])
      let adapter = try T2IAdapter(
        source, NetworkConfiguration(.object([]), path: "config.json"), backend)
      var inputs = try guided(golden)
      inputs.features = try adapter(golden.tensor("in.cond"), Pass(backend))
      let output = try TinyUNet.sd15.network(backend)(inputs, Pass(backend))
      return [("unet", output, try golden.tensor("out.unet"))]
    },
    FastNetworkCase(testDescription: "ip-adapter") { backend in
      let golden = try Golden("ip_adapter")
      let adapter = try IPAdapter(
        HashSource(tag: "ip", shapes: IPAdapterTests.plain), unet: TinyUNet.sd15.source(), backend)
      let encoding = try VisionEncoder(
        TinyCLIP.vision.source(), TinyCLIP.vision.configuration(), backend)(
          golden.tensor("in.pixel_values"), Pass(backend))
      let tokens = try adapter.tokens(adapter.features(of: encoding), Pass(backend))
      var inputs = try guided(golden)
      inputs.prompt.images = [adapter.prompt(tokens, scale: 0.6)]
      let output = try TinyUNet.sd15.network(backend)(inputs, Pass(backend))
      return [
        ("tokens", tokens, try golden.tensor("out.image_tokens")),
        ("unet", output, try golden.tensor("out.unet")),
      ]
    },
    text(.large, "in.pad_eos.ids", "out.pad_eos.last_hidden_state"),
  ]

  /// One of the UNets, over the picture that is no square, too.
  private static func unet(_ tiny: TinyUNet, _ measured: Double) -> FastNetworkCase {
    FastNetworkCase(testDescription: tiny.name, measuredBFloat16: measured) { backend in
      let (golden, network) = (try Golden(tiny.name), try tiny.network(backend))
      let square = try network(UNetTests.inputs(golden), Pass(backend))
      return [("sample", square, try golden.tensor("out.sample"))]
    }
  }

  private static func text(
    _ tiny: TinyCLIP, _ input: String, _ output: String
  ) -> FastNetworkCase {
    FastNetworkCase(testDescription: tiny.name) { backend in
      let golden = try Golden(tiny.name)
      let network = try TextEncoder(tiny.source(), tiny.configuration(), backend)
      let ids = try golden.integers(input)
      let length = try golden.tensor(input)[1]
      let rows = stride(from: 0, to: ids.count, by: length).map { Array(ids[$0..<$0 + length]) }
      let encoding = try network(rows, Pass(backend))
      return [("hidden", encoding.lastHiddenState, try golden.tensor(output))]
    }
  }

  /// The inputs of the goldens of what guides a UNet.
  private static func guided(_ golden: Golden) throws -> UNet.Inputs {
    UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: [601],
      prompt: Conditioning(text: try golden.tensor("in.context")))
  }
}
