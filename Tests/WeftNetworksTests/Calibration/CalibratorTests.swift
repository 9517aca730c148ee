import Testing
import WeftTestSupport
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

struct CalibratorTests {
  private let folder: ModelFolder

  init() throws { folder = try ModelFolder() }

  private func model(_ path: String) throws -> AdaptedModel {
    AdaptedModel(try BaseModel.openAnything(path, library: folder.library))
  }

  private func calibrate(
    _ path: String, _ kind: String = "unet", encoders: String? = nil, runs: Int = 3,
    _ change: (inout Calibrator.Options) -> Void = { _ in }
  ) throws -> CalibrationResult {
    var options = Calibrator.Options()
    options.runCount = runs
    options.size = (64, 64)
    change(&options)
    let calibrator = try Calibrator(
      try #require(ComponentKind.named(kind)), of: try model(path),
      encoders: try model(encoders ?? path), library: folder.library,
      backend: try ReferenceBackend(threads: 2), reader: folder.reader, options: options)
    return try calibrator.run(threads: 2) { _ in }
  }

  @Test(arguments: [1, 3, 11])
  func `a UNet runs as often as asked, on paths of its own making`(_ runs: Int) throws {
    let result = try calibrate(try folder.writeMicro(), runs: runs)
    #expect(result.runCount == runs)
    let first = try #require(result.layers.first { $0.path == "conv_in" }?.energy)
    #expect(first.count == runs * 8 * 8)
    #expect(result.layers.allSatisfy { $0.energy.largest > 0 && $0.energy.largest.isFinite })
  }

  @Test(arguments: ["text-encoder", "vae-encoder", "vae-decoder"])
  func `other networks run on prompts, pictures and latents`(_ kind: String) throws {
    let result = try calibrate(try folder.writeMicro(), kind)
    #expect(result.runCount == 3 && !result.layers.isEmpty)
  }

  @Test func `tensors have the names of the model's own file, in any layout`() throws {
    let ldm = try folder.writeMicro()
    let diffusers = try folder.convert(ldm, to: "folder/") { $0.format = .diffusers }
    let (one, two) = (
      try calibrate(ldm).importance(dataset: "d"), try calibrate(diffusers).importance(dataset: "d")
    )
    #expect(one.entries.count == two.entries.count && one.entries.count > 100)
    for (record, path) in [(one, ldm), (two, diffusers)] {
      let checkpoint = try Checkpoint.open(path)
      for (name, entry) in record.entries {
        let shape = try #require(checkpoint[name]?.info.shape, "\(name)")
        #expect(entry.sums.count == shape.dimensions.dropFirst().reduce(1, *), "\(name)")
      }
    }
    let name = "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"
    let same = "unet/down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight"
    #expect(one.entries["model.diffusion_model." + name] == two.entries[same])
  }

  @Test func `given inputs are runs as they are`() throws {
    let golden = try Golden("sd15_unet")
    let path = try folder.write(try TinyUNet.sd15.source())
    let inputs = NetworkInputs([
      "sample": InputTensor(try golden.tensor("in.sample")),
      "timestep": InputTensor(try golden.tensor("in.timestep")),
      "encoder_hidden_states": InputTensor(try golden.tensor("in.context")),
    ])
    let result = try calibrate(path) { $0.inputs = [inputs, inputs] }
    #expect(result.runCount == 2)
    #expect(result.layers.first { $0.path == "conv_in" }?.energy.count == 2 * 2 * 16 * 16)
    let error = #expect(throws: NetworkError.self) {
      try calibrate(path) { $0.inputs = [NetworkInputs(["sample": InputTensor([1], [1])])] }
    }
    #expect(error?.status == .badData)
  }

  @Test func `a UNet without text encoders takes those of another model, and needs some`() throws {
    let whole = try folder.writeMicro()
    let unet = try folder.convert(whole, to: "unet.safetensors") { $0.component = "unet" }
    let error = #expect(throws: NetworkError.self) { try calibrate(unet) }
    #expect(error?.status == .noInput)
    #expect(error?.what.contains("there are no text encoders that give the") == true)
    let (own, others) = (try calibrate(whole), try calibrate(unet, encoders: whole))
    #expect(own.layers.map(\.energy) == others.layers.map(\.energy))
  }

  @Test func `any number of threads gives the same numbers`() throws {
    let path = try folder.writeMicro()
    var results: [CalibrationResult] = []
    for threads in [1, 3] {
      var options = Calibrator.Options()
      (options.runCount, options.size) = (2, (64, 96))
      let calibrator = try Calibrator(
        try #require(ComponentKind.named("unet")), of: try model(path), encoders: try model(path),
        library: folder.library, backend: try ReferenceBackend(threads: threads),
        reader: folder.reader, options: options)
      results.append(try calibrator.run(threads: threads) { _ in })
    }
    #expect(results[0].layers.map(\.energy) == results[1].layers.map(\.energy))
  }
}
