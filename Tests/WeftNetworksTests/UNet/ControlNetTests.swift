import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

struct ControlNetTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  private func network() throws -> ControlNet {
    let tiny = TinyUNet.sd15
    let source = try HashSource(
      tag: "controlnet", architecture: "sd15", component: "controlnet", tiny.dimensions)
    return try ControlNet(source, tiny.configuration, backend)
  }

  private func inputs(_ golden: Golden) throws -> UNet.Inputs {
    UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: [601],
      prompt: Conditioning(text: try golden.tensor("in.context")))
  }

  private func expectEqual(_ found: Tensor, _ golden: Golden, _ name: String) throws {
    let expected = try golden.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    #expect(relativeL2(found.floats, expected.floats) <= networkTolerance, "\(name)")
  }

  @Test func `adds what diffusers adds, and the UNet with it predicts what diffusers predicts`()
    throws
  {
    let golden = try Golden("controlnet")
    let recorder = Recorder()
    var given = try inputs(golden)
    let residuals = try network()(
      given, picture: try golden.tensor("in.cond"), Pass(backend, observer: recorder)
    ).scaled(by: 0.75, backend)
    #expect(residuals.down.count == 12)
    for (index, residual) in residuals.down.enumerated() {
      try expectEqual(residual, golden, "out.down\(index)")
    }
    try expectEqual(try #require(residuals.middle), golden, "out.mid")
    try expectEqual(
      try #require(recorder.outputs["controlnet_cond_embedding"]), golden, "out.cond_embedding")
    given.control = residuals
    let output = try TinyUNet.sd15.network(backend)(given, Pass(backend))
    try expectEqual(output, golden, "out.unet")
  }

  @Test func `weakens the levels with more pixels in guess mode`() throws {
    let golden = try Golden("controlnet")
    let residuals = try network()(
      try inputs(golden), picture: try golden.tensor("in.cond"), Pass(backend)
    ).scaled(by: ControlResiduals.guessFactors(count: 13), backend)
    try expectEqual(try #require(residuals.middle), golden, "out.guess.mid")
    try expectEqual(residuals.down[0], golden, "out.guess.down0")
    try expectEqual(residuals.down[11], golden, "out.guess.down11")
  }

  @Test func `says which size the picture must have`() throws {
    let golden = try Golden("controlnet")
    let small = Tensor([1, 3, 64, 128], [Float](repeating: 0, count: 3 * 64 * 128))
    let error = #expect(throws: NetworkError.self) {
      try network()(try inputs(golden), picture: small, Pass(backend))
    }
    #expect(error?.advice == "give one of 128 by 128")
  }

  @Test func `refuses residuals of another model`() throws {
    let golden = try Golden("controlnet")
    var given = try inputs(golden)
    given.control = ControlResiduals(down: [given.sample], middle: nil)
    let error = #expect(throws: NetworkError.self) {
      try TinyUNet.sd15.network(backend)(given, Pass(backend))
    }
    #expect(error?.what == "down_residual has 1 tensors, but the way down keeps 12 outputs")
  }
}
