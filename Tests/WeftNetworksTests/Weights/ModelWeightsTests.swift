import Testing
import WeftTestSupport
import WeftFiles
import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

struct ModelWeightsTests {
  /// A form of a file, with the relative L2 error that its type makes.
  struct Form: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: String
    /// The rule's values are exact in float16; eight bits a block of 32 keep two digits.
    let error: Double
    let change: @Sendable (inout OutputRecipe) -> Void

    static let all = [
      Form(testDescription: "LDM", name: "out.safetensors", error: 0) { $0.layout = "ldm" },
      Form(testDescription: "float16", name: "out.safetensors", error: 0) { $0.dtype = .f16 },
      Form(testDescription: "GGUF", name: "out.gguf", error: 0) { $0.format = .gguf },
      Form(testDescription: "torch", name: "out.ckpt", error: 0) { $0.format = .torchZip },
      Form(testDescription: "bfloat16", name: "out.safetensors", error: 3e-3) { $0.dtype = .bf16 },
    ]
  }

  @Test(arguments: Form.all)
  func `are those of the model, whatever the file`(_ form: Form) throws {
    let folder = try ModelFolder()
    let source = try TinyUNet.sd2.source()
    let converted = try folder.convert(
      try folder.write(source), to: form.name, form.change)
    let base = try BaseModel.openAnything(converted, library: folder.library)
    let weights = try ModelWeights(AdaptedModel(base), component: "unet", reader: folder.reader)
    #expect(Set(weights.names) == Set(source.shapes.keys))
    for (name, shape) in source.shapes {
      #expect(weights.shape(name) == shape, "\(name)")
      let (found, expected) = (try values(weights, name), try values(source, name))
      #expect(
        form.error == 0 ? found == expected : relativeL2(found, expected) <= form.error, "\(name)")
    }
  }

  @Test func `say which tensors are missing, a few by name`() throws {
    let folder = try ModelFolder()
    let source = try TinyUNet.sd15.source()
    let gone = Set(source.shapes.keys.filter { $0.hasPrefix("up_blocks.2.resnets.1.") })
    let base = try BaseModel.openAnything(
      try folder.write(source, without: gone), library: folder.library)
    let error = #expect(throws: NetworkError.self) {
      try ModelWeights(AdaptedModel(base), component: "unet", reader: folder.reader)
    }
    #expect(error?.status == .refused)
    #expect(
      error?.what.hasPrefix("\(gone.count) tensors are missing: up_blocks.2.resnets.1.") == true)
    #expect(error?.what.hasSuffix(" and \(gone.count - 5) more") == true)
  }

  @Test func `name a tensor that is not finite`() throws {
    let folder = try ModelFolder()
    let source = try TinyUNet.sd15.source()
    let name = "conv_norm_out.bias"
    let broken = try HashedFile.Tensor(
      name, [32], .f32, bytes: [UInt8](repeating: 0, count: 124) + [0, 0, 0xC0, 0x7F])
    let others = try source.shapes.filter { $0.key != name }.map {
      try HashedFile.Tensor($0.key, $0.value, .f32, tag: source.tag, seed: $0.key)
    }
    let base = try BaseModel.openAnything(
      try folder.write(others + [broken], "broken.safetensors"), library: folder.library)
    let weights = try ModelWeights(AdaptedModel(base), component: "unet", reader: folder.reader)
    let error = #expect(throws: NonFiniteValues.self) { try values(weights, name) }
    #expect(error?.inputs == [name])
    let open = ValueReader(threads: 1, allowsNonFinite: true)
    let allowing = try ModelWeights(AdaptedModel(base), component: "unet", reader: open)
    #expect(try values(allowing, name).last?.isNaN == true)
  }

  private func values(_ source: any WeightSource, _ name: String) throws -> [Float] {
    let count = source.shape(name)?.checkedElementCount ?? 0
    let buffer = ByteBuffer(byteCount: count * 4)
    try source.read(name, into: buffer.all)
    return buffer.all.array.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
