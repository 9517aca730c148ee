import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("which tensors are quantised, and how they are written")
struct QuantizerTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func rule(_ pattern: String, _ type: String) -> QuantizationRecipe.Rule {
    QuantizationRecipe.Rule(pattern: pattern, type: type)
  }

  @Test("for ComfyUI the UNet alone is written, under its own names and with its own shapes")
  func comfyUI() throws {
    let input = try workshop.writeModel("sd15")
    let (plan, _, path) = try workshop.quantize(input, type: "q8_0") {
      $0.quantization?.policy = "comfyui"
    }
    let written = try Checkpoint.open(path)
    #expect(written.format == .gguf)
    #expect(written.metadata["general.architecture"] == "sd1")
    let source = try Checkpoint.open(input)
    for tensor in written.tensors {
      let own = try #require(source["model.diffusion_model." + tensor.info.name])
      #expect(own.info.shape == tensor.info.shape)
    }
    #expect(written.tensors.contains { $0.info.dtype == .q80 && $0.info.shape.rank == 4 })
    #expect(plan.dropped.contains { $0.name.hasPrefix("first_stage_model.") })
    #expect(written["out.2.weight"]?.info.dtype == .f16)
  }

  @Test("the first rule that fits decides, and keep keeps the type")
  func rules() throws {
    let (_, _, path) = try workshop.quantize(try workshop.writeMatrices(.f16), type: "q4_k") {
      $0.quantization?.rules = [
        rule("block.0.*", "keep"), rule("block.*", "q6_k"), rule("vector", "f32"),
      ]
    }
    let types = try Checkpoint.open(path).tensors.reduce(into: [:]) {
      $0[$1.info.name] = $1.info.dtype
    }
    #expect(types["block.0.weight"] == .f16 && types["block.1.weight"] == .q6k)
    #expect(types["vector"] == .f32 && types["outliers"] == .q4k)
  }

  @Test("a rule that decides for nothing is refused", arguments: ["nothing.*", "block.0.weight"])
  func unusedRule(pattern: String) throws {
    let input = try workshop.writeMatrices(.f16)
    #expect(throws: TransformError.self) {
      try workshop.quantize(input, type: "q4_k") {
        $0.quantization?.rules = [rule("block.*", "q8_0"), rule(pattern, "q6_k")]
      }
    }
  }

  @Test("what is quantised already is refused, unless it is asked for")
  func requantizing() throws {
    let (_, _, once) = try workshop.quantize(try workshop.writeMatrices(.f16), type: "q8_0")
    #expect(throws: TransformError.self) { try workshop.quantize(once, type: "q4_k") }
    let (_, _, twice) = try workshop.quantize(once, type: "q4_k") {
      $0.quantization?.requantizes = true
    }
    #expect(try Checkpoint.open(twice)["block.0.weight"]?.info.dtype == .q4k)
  }

  @Test("blocks that are copied and blocks that are taken apart and put together again agree")
  func keptAndAgain() throws {
    let (_, _, once) = try workshop.quantize(try workshop.writeMatrices(.f32), type: "q8_0")
    let kept = workshop.path("kept.gguf")
    try workshop.convert(once, to: kept) { $0.format = .gguf }
    for tensor in try Checkpoint.open(once).tensors {
      let copy = try #require(try Checkpoint.open(kept)[tensor.info.name])
      #expect(copy.info == tensor.info)
      #expect(try copy.bytes() == tensor.bytes())
    }
  }

  @Test("a base in blocks is fused: what changes is encoded once, what does not keeps its bytes")
  func fusedBase() throws {
    let base = workshop.path("base.gguf")
    try workshop.convert(try workshop.writeBase(.f16), to: base) {
      $0.format = .gguf
      var quantization = QuantizationRecipe(type: "q8_0")
      quantization.policy = "comfyui"
      $0.quantization = quantization
    }
    let module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    let adapter = try workshop.writeAdapter([
      ("\(module).lora_up.weight", [32, 2], Workshop.values(64, seed: 1)),
      ("\(module).lora_down.weight", [2, 32], Workshop.values(64, seed: 2)),
    ])
    var recipe = FuseRecipe(basePath: base, adapters: [try AdapterRequest(argument: adapter)])
    recipe.output.format = .gguf
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: 2).model
    let output = workshop.path("fused.gguf")
    _ = try plan.runner(options: Workshop.options).run(path: output, inputs: plan.inputFiles) { _ in
    }
    let (before, after) = (try Checkpoint.open(base), try Checkpoint.open(output))
    #expect(before.tensors.map(\.info) == after.tensors.map(\.info))
    let changed = try before.tensors.filter { tensor in
      try tensor.bytes() != after[tensor.info.name]?.bytes()
    }
    #expect(changed.map(\.info.dtype) == [.q80])
  }

  @Test("values that no block can hold refuse the run", arguments: ["q6_k", "q3_k", "q8_0"])
  func beyond(type: String) throws {
    let path = workshop.path("huge.safetensors")
    let values = Workshop.values(4 * 256, seed: 3).map { $0 * 1e20 }
    try HashedFile.write(
      [
        try HashedFile.Tensor(
          "a.weight", [4, 256], .f32, bytes: values.flatMap { littleEndianBytes($0.bitPattern) })
      ], to: path, options: RunOptions(threads: 1))
    #expect(throws: NonFiniteValues.self) { try workshop.quantize(path, type: type) }
  }
}
