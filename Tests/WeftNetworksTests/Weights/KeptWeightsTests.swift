import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// Networks whose layers keep their weights as the file has them.
struct KeptWeightsTests {
  /// The backends, and the bytes of an element of their weights.
  enum Computer: String, CaseIterable {
    case reference, fastF32, fastBF16

    /// Nil where oneDNN is missing.
    func backend() throws -> (any Backend)? {
      guard self != .reference else { return try ReferenceBackend(threads: 2) }
      guard OneDNN.load() else { return nil }
      return try FastBackend(threads: 2, precision: self == .fastF32 ? .f32 : .bf16)
    }
  }

  /// A file of the tiny UNet of SD1.5 in a type; blocks of 32 divide its rows.
  private func file(_ folder: ModelFolder, _ type: String) throws -> String {
    let model = try folder.write(TinyUNet.sd15.source(), named: "\(type).safetensors")
    return try folder.convert(model, to: "model-\(type).gguf") {
      $0.format = .gguf
      $0.quantization = QuantizationRecipe(type: type)
    }
  }

  private func weights(
    _ path: String, _ folder: ModelFolder, keeps: Bool, adapters: [AdapterRequest] = []
  ) throws -> ModelWeights {
    let model =
      adapters.isEmpty
      ? AdaptedModel(try BaseModel.openAnything(path, library: folder.library))
      : try AdaptedModel.open(
        FuseRecipe(basePath: path, adapters: adapters), library: folder.library)
    return try ModelWeights(
      model, component: "unet", reader: folder.reader,
      kept: keeps ? KeptWeights(folder.reader) : nil)
  }

  private func output(_ weights: ModelWeights, _ backend: any Backend) throws -> [Float] {
    let golden = try Golden("sd15_unet")
    let network = try UNet(weights, TinyUNet.sd15.configuration, backend)
    let inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: try golden.tensor("in.timestep").floats,
      prompt: Conditioning(text: try golden.tensor("in.context")))
    // Twice: memory that layers use in turn holds another layer's weights the second time.
    _ = try network(inputs, Pass(backend))
    return try backend.plain(try network(inputs, Pass(backend))).floats
  }

  @Test(arguments: Computer.allCases, ["q4_0", "q8_0", "f16"])
  func `compute the same bits as with all their values`(_ computer: Computer, _ type: String) throws
  {
    let folder = try ModelFolder()
    let path = try file(folder, type)
    guard let backend = try computer.backend() else { return }
    let kept = try output(try weights(path, folder, keeps: true), backend)
    #expect(try kept == output(try weights(path, folder, keeps: false), backend))
  }

  @Test func `keep what is smaller than its values and nothing else`() throws {
    let folder = try ModelFolder()
    let quantized = try weights(try file(folder, "q8_0"), folder, keeps: true)
    let name = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"
    let count = try #require(quantized.shape(name)?.checkedElementCount)
    let kept = try #require(try quantized.stored(name, under: count * 4))
    #expect(kept.byteCount == count / 32 * 34 && kept.shape == quantized.shape(name))
    let half = try file(folder, "f16")
    let halves = try weights(half, folder, keeps: true)
    #expect(try halves.stored(name, under: count * 4) != nil)
    #expect(try halves.stored(name, under: count * 2) == nil, "bfloat16 is no larger")
    #expect(
      try weights(half, folder, keeps: false).stored(name, under: .max) == nil)
  }

  @Test func `are counted as what they take, and room for the largest`() throws {
    let folder = try ModelFolder()
    let path = try file(folder, "q8_0")
    let inputs = NetworkInputs([
      "sample": InputTensor(Tensor([1, 4, 16, 16], [Float](repeating: 0, count: 1024)))
    ])
    func need(_ backend: any Backend, keeps: Bool) throws -> MemoryNeed {
      try ComponentModel(
        try #require(ComponentKind.named("unet")),
        of: AdaptedModel(try BaseModel.openAnything(path, library: folder.library)),
        configPath: nil, library: folder.library, reader: folder.reader, keepsWeights: keeps
      ).need(inputs, on: backend)
    }
    let shapes = try TinyUNet.sd15.source().shapes.values
    let counts = shapes.filter { $0.rank > 1 }.compactMap(\.checkedElementCount)
    let vectors = shapes.filter { $0.rank < 2 }.compactMap(\.checkedElementCount).reduce(0, +)
    let reference = try ReferenceBackend(threads: 1)
    let expanded = try need(reference, keeps: false)
    #expect(expanded.weightByteCount == (counts.reduce(0, +) + vectors) * 4)
    #expect(expanded.expansionByteCount == 0)
    let kept = try need(reference, keeps: true)
    #expect(kept.weightByteCount < expanded.weightByteCount / 2)
    #expect(counts.map { $0 * 4 }.contains(kept.expansionByteCount))
    #expect(kept.activationByteCount == expanded.activationByteCount)
    guard OneDNN.load() else { return }
    let fast = try FastBackend(threads: 1, precision: .bf16)
    guard fast.activationElementByteCount == 2 else { return }
    let narrow = try need(fast, keeps: false)
    #expect(narrow.weightByteCount == counts.reduce(0, +) * 2 + vectors * 4)
    #expect(narrow.activationByteCount * 2 == expanded.activationByteCount)
  }

  @Test func `refuse values that are not finite when they are loaded`() throws {
    let folder = try ModelFolder()
    let source = try TinyUNet.sd15.source()
    let name = "mid_block.resnets.0.conv1.weight"
    let shape = try #require(source.shapes[name])
    let path = try folder.write(
      try source.shapes.sorted { $0.key < $1.key }.map {
        $0.key == name
          ? try HashedFile.Tensor(
            name, shape, .f16,
            bytes: [0x00, 0x7C]
              + [UInt8](repeating: 0, count: (shape.checkedElementCount ?? 0) * 2 - 2))
          : try HashedFile.Tensor($0.key, $0.value, .f16, tag: source.tag, seed: $0.key)
      }, "infinite.safetensors")
    let weights = try weights(path, folder, keeps: true)
    #expect(throws: NonFiniteValues.self) {
      try UNet(weights, TinyUNet.sd15.configuration, ReferenceBackend(threads: 1))
    }
  }
}
