import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

struct UNetTests {
  static func inputs(
    _ golden: Golden, sample: String = "in.sample", timestep: String = "in.timestep",
    batch: Int = 2
  ) throws -> UNet.Inputs {
    func rows(_ name: String) throws -> Tensor {
      let whole = try golden.tensor(name)
      let shape = Shape([batch] + whole.shape.dimensions.dropFirst())
      return Tensor(shape, Array(whole.floats.prefix(shape.checkedElementCount ?? 0)))
    }
    var inputs = UNet.Inputs(
      sample: try golden.tensor(sample), timesteps: try golden.tensor(timestep).floats,
      prompt: Conditioning(text: try rows("in.context")))
    if golden.checkpoint["in.text_embeds"] != nil {
      inputs.pooledText = try rows("in.text_embeds")
      inputs.timeIDs = try rows("in.time_ids")
    }
    return inputs
  }

  @Test(arguments: TinyUNet.all, InstructionSet.available)
  func `predicts what diffusers predicts`(_ tiny: TinyUNet, _ set: InstructionSet) throws {
    let golden = try Golden(tiny.name)
    let backend = try ReferenceBackend(threads: 2, set)
    let output = try tiny.network(backend)(try Self.inputs(golden), Pass(backend))
    let expected = try golden.tensor("out.sample")
    #expect(output.shape == expected.shape)
    #expect(relativeL2(output.floats, expected.floats) <= networkTolerance)
  }

  @Test(arguments: TinyUNet.all)
  func `takes rectangles and fractional timesteps`(_ tiny: TinyUNet) throws {
    let golden = try Golden(tiny.name)
    let backend = try ReferenceBackend(threads: 2)
    let given = try Self.inputs(
      golden, sample: "in.sample_rect", timestep: "in.timestep_frac", batch: 1)
    let output = try tiny.network(backend)(given, Pass(backend))
    let expected = try golden.tensor("out.sample_rect")
    #expect(relativeL2(output.floats, expected.floats) <= networkTolerance)
  }

  @Test(arguments: TinyUNet.all)
  func `shows the outputs of its modules under diffusers' names`(_ tiny: TinyUNet) throws {
    let golden = try Golden(tiny.name)
    let backend = try ReferenceBackend(threads: 2)
    let recorder = Recorder()
    _ = try tiny.network(backend)(try Self.inputs(golden), Pass(backend, observer: recorder))
    let names = golden.checkpoint.tensors.map(\.info.name).filter { $0.hasPrefix("mid.") }
    #expect(names.count >= 15)
    for name in names {
      let expected = try golden.tensor(name)
      let found = try #require(recorder.outputs[String(name.dropFirst(4))], "\(name)")
      let first = Array(found.floats.prefix(expected.elementCount))  // the first picture of two
      #expect(relativeL2(first, expected.floats) <= networkTolerance, "\(name)")
    }
  }

  @Test func `gives the same bits whether its modules are looked at or not`() throws {
    let golden = try Golden("sd15_unet")
    let backend = try ReferenceBackend(threads: 2)
    let network = try TinyUNet.sd15.network(backend)
    let alone = try network(try Self.inputs(golden), Pass(backend))
    let watched = try network(
      try Self.inputs(golden), Pass(backend, observer: Recorder()))
    #expect(alone.floats.map(\.bitPattern) == watched.floats.map(\.bitPattern))
  }

  @Test func `gives the same bits for any number of threads`() throws {
    let golden = try Golden("sdxl_unet")
    let results = try [1, 2, 5].map { threads in
      let backend = try ReferenceBackend(threads: threads)
      return try TinyUNet.sdxl.network(backend)(try Self.inputs(golden), Pass(backend)).floats
        .map(\.bitPattern)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test(arguments: [(18, 22), (17, 16), (9, 25), (64, 8)])
  func `takes latents that do not halve evenly`(_ height: Int, _ width: Int) throws {
    let backend = try ReferenceBackend(threads: 2)
    let golden = try Golden("sd15_unet")
    var given = try Self.inputs(golden, batch: 1)
    given.timesteps = [500]
    given.sample = Tensor(
      [1, 4, height, width], (0..<4 * height * width).map { Float($0 % 17) / 8 - 1 })
    let output = try TinyUNet.sd15.network(backend)(given, Pass(backend))
    #expect(output.shape == [1, 4, height, width])
    #expect(output.floats.allSatisfy { $0.isFinite })
  }

  @Test func `names what an SDXL model needs beside the latent`() throws {
    let backend = try ReferenceBackend(threads: 1)
    let golden = try Golden("sdxl_unet")
    var given = try Self.inputs(golden)
    given.pooledText = nil
    let network = try TinyUNet.sdxl.network(backend)
    let error = #expect(throws: NetworkError.self) { try network(given, Pass(backend)) }
    #expect(error?.advice == "give text_embeds and time_ids")
  }
}
