import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

struct VAETests {
  private let backend = try? ReferenceBackend(threads: 2)

  private func expectEqual(_ found: Tensor, _ golden: Golden, _ name: String) throws {
    let expected = try golden.tensor(name)
    #expect(found.shape == expected.shape, "\(name)")
    #expect(relativeL2(found.floats, expected.floats) <= networkTolerance, "\(name)")
  }

  @Test func `the weights are those of the goldens`() throws {
    let (found, golden) = (try TinyVAE().source.digest(), try Golden("vae"))
    #expect(found == golden.weightsDigest)
  }

  @Test func `encodes what diffusers encodes`() throws {
    let (golden, backend) = (try Golden("vae"), try #require(backend))
    let encoder = try TinyVAE().encoder(backend)
    #expect(encoder.factor == 8 && encoder.latentCount == 4)
    let latent = try encoder(golden.tensor("in.image"), Pass(backend))
    try expectEqual(latent.moments, golden, "out.moments")
    try expectEqual(try latent.mean(backend), golden, "out.mean")
    try expectEqual(try latent.standardDeviation(backend), golden, "out.std")
    let wide = try encoder(golden.tensor("in.image_rect"), Pass(backend))
    try expectEqual(try wide.mean(backend), golden, "out.mean_rect")
  }

  @Test(arguments: [("in.latent", "out.decoded"), ("in.latent_rect", "out.decoded_rect")])
  func `decodes what diffusers decodes`(_ input: String, _ output: String) throws {
    let (golden, backend) = (try Golden("vae"), try #require(backend))
    let decoder = try TinyVAE().decoder(backend)
    #expect(decoder.factor == 8)
    try expectEqual(try decoder(golden.tensor(input), Pass(backend)), golden, output)
  }

  @Test func `shows the outputs of its modules under diffusers' names`() throws {
    let (golden, backend) = (try Golden("vae"), try #require(backend))
    let recorder = Recorder()
    let pass = Pass(backend, observer: recorder)
    let latent = try TinyVAE().encoder(backend)(golden.tensor("in.image"), pass)
    let image = try TinyVAE().decoder(backend)(golden.tensor("in.latent"), pass)
    // Looking changes no bit.
    let alone = Pass(backend)
    let moments = try TinyVAE().encoder(backend)(golden.tensor("in.image"), alone).moments
    #expect(moments.floats == latent.moments.floats)
    let decoded = try TinyVAE().decoder(backend)(golden.tensor("in.latent"), alone)
    #expect(decoded.floats == image.floats)
    let names = golden.checkpoint.tensors.map(\.info.name).filter { $0.hasPrefix("mid.") }
    #expect(names.count == 10)
    for name in names {
      try expectEqual(
        try #require(recorder.outputs[String(name.dropFirst(4))], "\(name)"), golden, name)
    }
    for name in [
      "decoder.up_blocks.3", "decoder.conv_norm_out", "decoder.up_blocks.0.upsamplers.0",
    ] {
      #expect(recorder.outputs[name] != nil, "\(name)")
    }
  }

  @Test func `agrees with diffusers on a checkpoint of one resnet a level`() throws {
    let (golden, backend) = (try Golden("micro_sd15_out"), try #require(backend))
    let tiny = try TinyVAE(tag: "micro_vae", channels: [32, 32, 32, 32], layers: 1)
    let latent = try tiny.encoder(backend)(golden.tensor("in.im"), Pass(backend))
    try expectEqual(try latent.mean(backend), golden, "out.vae_enc_mean")
    try expectEqual(
      try tiny.decoder(backend)(golden.tensor("in.x"), Pass(backend)), golden, "out.vae_dec")
  }

  @Test(arguments: ["quant_conv", "post_quant_conv"])
  func `does without the convolutions around the latent where a model lacks them`(
    _ name: String
  ) throws {
    let backend = try #require(backend)
    var tiny = try TinyVAE()
    tiny.source = HashSource(
      tag: "vae", shapes: tiny.source.shapes.filter { !$0.key.hasPrefix("\(name).") })
    let recorder = Recorder()
    let pass = Pass(backend, observer: recorder)
    let latent = try tiny.encoder(backend)(.pattern([1, 3, 32, 32]), pass)
    _ = try tiny.decoder(backend)(.pattern([1, 4, 4, 4]), pass)
    #expect(recorder.outputs[name] == nil)
    let isWithout = name == "quant_conv"
    #expect(
      (latent.moments.floats == recorder.outputs["encoder.conv_out"]?.floats) == isWithout)
  }

  @Test(
    arguments: [
      ([1, 3, 30, 64], "give one of 24 by 64 or 32 by 64"),
      ([1, 3, 64, 7], "give one of 64 by 8 or 64 by 8"),
      ([3, 64, 64], "give the image four dimensions, of which none is empty"),
    ] as [(Shape, String)])
  func `says which sizes a picture may have`(_ shape: Shape, _ advice: String) throws {
    let backend = try #require(backend)
    let encoder = try TinyVAE().encoder(backend)
    let error = #expect(throws: NetworkError.self) { try encoder(.pattern(shape), Pass(backend)) }
    #expect(error?.advice == advice)
  }

  @Test func `refuses a latent of another model, and weights that are missing`() throws {
    let backend = try #require(backend)
    let decoder = try TinyVAE().decoder(backend)
    #expect(throws: NetworkError.self) { try decoder(.pattern([1, 16, 4, 4]), Pass(backend)) }
    var tiny = try TinyVAE()
    tiny.source = HashSource(
      tag: "vae",
      shapes: tiny.source.shapes.filter { $0.key != "decoder.mid_block.attentions.0.to_k.weight" })
    let error = #expect(throws: NetworkError.self) { try tiny.decoder(backend) }
    #expect(error?.what == "the tensor 'decoder.mid_block.attentions.0.to_k.weight' is missing")
  }
}
