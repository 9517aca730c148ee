import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

struct AdaptedModelTests {
  /// What a fused and an adapted model may be apart: sums in another order, in float32.
  static let fusedTolerance = 5e-6

  /// A ResAdapter of the goldens, and the outputs with it.
  struct Golden2: Sendable, CustomTestStringConvertible {
    let tiny: TinyUNet
    var testDescription: String { name }
    var name: String { "resadapter_\(tiny.name)" }

    func request(_ half: String, scale: Double = 1) -> AdapterRequest {
      var request = AdapterRequest(path: ModelFolder.fixture("\(name).\(half).safetensors"))
      request.unetScale = scale
      return request
    }

    func inputs(_ golden: Golden) throws -> UNet.Inputs {
      var inputs = UNet.Inputs(
        sample: try golden.tensor("in.sample"),
        timesteps: try golden.tensor("in.timestep").floats,
        prompt: Conditioning(text: try golden.tensor("in.context")))
      if golden.checkpoint["in.text_embeds"] != nil {
        inputs.pooledText = try golden.tensor("in.text_embeds")
        inputs.timeIDs = try golden.tensor("in.time_ids")
      }
      return inputs
    }

    static let all = [Golden2(tiny: .sd15), Golden2(tiny: .sdxl)]
  }

  @Test(arguments: Golden2.all)
  func `computes what diffusers does with a ResAdapter, fused and not`(_ set: Golden2) throws {
    let folder = try ModelFolder()
    let golden = try Golden("\(set.name).outputs")
    let base = try folder.write(try set.tiny.source())
    let backend = try ReferenceBackend(threads: 2)
    let inputs = try set.inputs(golden)
    func output(_ network: UNet) throws -> [Float] { try network(inputs, Pass(backend)).floats }
    func recipe(_ requests: [AdapterRequest]) -> FuseRecipe {
      FuseRecipe(basePath: base, adapters: requests)
    }
    let cases: [(name: String, requests: [AdapterRequest])] = [
      ("norm_only", [set.request("norm")]),
      ("runtime_scale1", [set.request("lora"), set.request("norm")]),
      ("runtime_scale0_5", [set.request("lora", scale: 0.5), set.request("norm")]),
    ]
    let plain = try output(try folder.network(set.tiny, base, backend))
    #expect(relativeL2(plain, try golden.tensor("out.base").floats) <= networkTolerance)
    for (name, requests) in cases {
      let model = try AdaptedModel.open(recipe(requests), library: folder.library)
      let adapted = try output(try folder.network(set.tiny, model, backend))
      #expect(
        relativeL2(adapted, try golden.tensor("out.\(name)").floats) <= networkTolerance, "\(name)")
      let file = try folder.fuse(recipe(requests), to: "\(name).safetensors")
      let fused = try output(try folder.network(set.tiny, file, backend))
      #expect(relativeL2(adapted, fused) <= Self.fusedTolerance, "\(name)")
    }
  }

  /// Adapters with the weights of their libraries; all of them fit the small UNet of Stable Diffusion 1.
  static let families = [
    "lora", "locon-tucker", "loha", "loha-tucker", "lokr", "lokr-low", "lokr-tucker",
    "dora-output", "dora-input", "dora-loha-output", "dora-tucker-input", "glora", "ia3-output",
    "oft", "boft", "sparse",
  ]

  @Test(arguments: families)
  func `computes what the fused model does, at every module`(_ family: String) throws {
    let folder = try ModelFolder()
    let fixture = try Checkpoint.open(ModelFolder.fixture("families/\(family).safetensors"))
    let adapter = try folder.write(
      try fixture.tensors.filter { $0.info.name.hasPrefix("adapter.") }.map {
        try HashedFile.Tensor(
          String($0.info.name.dropFirst("adapter.".count)), $0.info.shape, $0.info.dtype,
          bytes: $0.bytes())
      }, "adapter.safetensors")
    let base = try folder.write(try TinyUNet.sd15.source())
    let model = try AdaptedModel.open(
      FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)]),
      library: folder.library)
    try compare(model, base: base, adapters: [adapter], in: folder)
  }

  @Test func `computes what the fused model does with adapters of several families`() throws {
    let folder = try ModelFolder()
    let adapters = try ["dora-output", "lora", "loha"].map { family in
      let fixture = try Checkpoint.open(ModelFolder.fixture("families/\(family).safetensors"))
      return try folder.write(
        try fixture.tensors.filter { $0.info.name.hasPrefix("adapter.") }.map {
          try HashedFile.Tensor(
            String($0.info.name.dropFirst("adapter.".count)), $0.info.shape, $0.info.dtype,
            bytes: $0.bytes())
        }, "\(family).safetensors")
    }
    let base = try folder.write(try TinyUNet.sd15.source())
    let model = try AdaptedModel.open(
      FuseRecipe(basePath: base, adapters: adapters.map(AdapterRequest.init(path:))),
      library: folder.library)
    // The DoRA is no sum, so it is in the weight itself; what comes after it is beside.
    let weights = try ModelWeights(model, component: "unet", reader: folder.reader)
    #expect(try weights.branches(of: "down_blocks.0.resnets.0.conv1").isEmpty)
    try compare(model, base: base, adapters: adapters, in: folder)
  }

  /// Compares every module of an adapted model with those of the fused one.
  private func compare(
    _ model: AdaptedModel, base: String, adapters: [String], in folder: ModelFolder
  ) throws {
    let backend = try ReferenceBackend(threads: 2)
    let fused = try folder.fuse(
      FuseRecipe(basePath: base, adapters: adapters.map(AdapterRequest.init(path:))))
    let golden = try Golden("resadapter_sd15_unet.outputs")
    let inputs = try Golden2(tiny: .sd15).inputs(golden)
    func outputs(_ network: UNet) throws -> Recorder {
      let recorder = Recorder()
      _ = try network(inputs, Pass(backend, observer: recorder))
      return recorder
    }
    let one = try outputs(try folder.network(.sd15, model, backend))
    let other = try outputs(try folder.network(.sd15, fused, backend))
    let plain = try outputs(try folder.network(.sd15, base, backend))
    #expect(one.order == other.order)
    for path in one.order {
      let (found, expected) = (one.outputs[path]?.floats ?? [], other.outputs[path]?.floats ?? [])
      #expect(relativeL2(found, expected) <= Self.fusedTolerance, "\(path)")
    }
    let (first, last) = (plain.outputs["up_blocks.3"]?.floats, other.outputs["up_blocks.3"]?.floats)
    #expect(relativeL2(try #require(first), try #require(last)) > 1e-3, "the adapter does nothing")
  }
}
