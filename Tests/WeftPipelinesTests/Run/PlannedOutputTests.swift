import Testing
import WeftFiles
import WeftFormats
import WeftPipelines
import WeftTensors
import WeftTransform

@Suite("The outputs of passes")
struct PlannedOutputTests {
  let folder: PipelineFolder

  /// The module that the adapter changes, and its width in the small UNet.
  static let module = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q"
  static let width = 96
  static let rank = 4

  init() throws {
    folder = try PipelineFolder()
    try Paths.makeDirectory(folder["models"])
    let tensors = try folder.library.architecture("sd15")?
      .expanded([
        "unet": ["channels": .list([32, 64, 96, 96]), "context": .integer(64)]
      ])
      .filter { $0.name.component == "unet" }
    try HashedFile.write(
      try (tensors ?? []).map {
        try HashedFile.Tensor($0.name.path, $0.shape, .f32, tag: "unet", seed: $0.name.path)
      }, to: folder["models/m.safetensors"], options: PipelineFolder.options)
    try HashedFile.write(
      [
        try HashedFile.Tensor(
          "\(Self.module).lora_down.weight", [Self.rank, Self.width], .f16, tag: "lora", seed: "d"),
        try HashedFile.Tensor(
          "\(Self.module).lora_up.weight", [Self.width, Self.rank], .f16, tag: "lora", seed: "u"),
      ], to: folder["lora.safetensors"], options: PipelineFolder.options)
  }

  private func fuse(_ scale: Double) -> FuseRecipe {
    var request = AdapterRequest(path: folder["lora.safetensors"])
    (request.unetScale, request.textEncoderScale) = (scale, scale)
    return FuseRecipe(basePath: folder["models/m.safetensors"], adapters: [request])
  }

  /// The bytes that a planner gives, written under the name of the pipeline's output in another folder.
  private func bytes(_ plan: ModelPlan, _ name: String) throws -> [UInt8] {
    try Paths.makeDirectory(folder["direct"])
    _ = try plan.runner(options: PipelineFolder.options).run(
      path: folder["direct/\(name)"], inputs: plan.inputFiles
    ) { _ in }
    return try folder.bytes("direct/\(name)")
  }

  @Test("are those of the planners that commands call")
  func equalBytes() throws {
    try folder.writePipeline(
      """
      small: {convert: input, dtype: f16, save: small.safetensors}
      tuned: {fuse: small, adapters: ["lora.safetensors:0.5"], save: tuned.ckpt}
      phone: {quantize: tuned, type: q8_0, save: phone.gguf}
      swept: {fuse: input, adapters: [lora.safetensors], sweep: "scale=0:1:0.5", dtype: bf16, save: "s-${variant}.safetensors"}
      back: {convert: phone, to: safetensors, dtype: f32, save: back.safetensors}
      exact: {verify: phone}
      alike: {verify: tuned, level: structure}
      """)
    let outcomes = try folder.run()
    #expect(outcomes.map(\.status) == [.success], "\(outcomes)")
    #expect(outcomes.map(\.madeCount) == [7 + 2])
    let library = folder.library
    var small = ConvertRecipe(inputPath: folder["models/m.safetensors"])
    small.output.dtype = .f16
    small.output.stem = "small"
    #expect(
      try bytes(ConvertPlanner.plan(small, library: library, threads: 1), "small.safetensors")
        == folder.bytes("out/small.safetensors"))
    var tuned = fuse(0.5)
    tuned.output.dtype = .f16
    tuned.output.format = .torchZip
    #expect(
      try bytes(FusePlanner.plan(tuned, library: library, threads: 1).model, "tuned.ckpt")
        == folder.bytes("out/tuned.ckpt"))
    // One rounding: the quantisation takes what the fuse of the model gives.
    var phone = tuned
    phone.output.format = .gguf
    phone.output.quantization = QuantizationRecipe(type: "q8_0")
    #expect(
      try bytes(FusePlanner.plan(phone, library: library, threads: 1).model, "phone.gguf")
        == folder.bytes("out/phone.gguf"))
    for (scale, label) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
      var swept = fuse(scale)
      swept.mayBeUnchanged = true
      swept.output.dtype = .bf16
      let name = "s-scale-\(label).safetensors"
      #expect(
        try bytes(FusePlanner.plan(swept, library: library, threads: 1).model, name)
          == folder.bytes("out/\(name)"), "\(name)")
    }
    var back = ConvertRecipe(inputPath: folder["out/phone.gguf"])
    back.output.dtype = .f32
    #expect(
      try bytes(ConvertPlanner.plan(back, library: library, threads: 1), "back.safetensors")
        == folder.bytes("out/back.safetensors"))
  }

  @Test("of another type are made again alone, and only missing variants of a sweep")
  func parts() throws {
    let steps = """
      swept: {fuse: input, adapters: [lora.safetensors], sweep: "scale=0:1:1", save: "s-${variant}.safetensors"}
      phone: {quantize: input, type: q8_0, save: phone.gguf}
      proof: {verify: phone}
      """
    try folder.writePipeline(steps)
    let first = try folder.run()
    #expect(first.map(\.madeCount) == [4], "\(first)")
    try folder.writePipeline(steps.replacing("q8_0", with: "q4_0"))
    #expect(try folder.run().map(\.madeCount) == [2])
    let bytes = try folder.bytes("out/s-scale-1.safetensors")
    try folder.remove("out/s-scale-1.safetensors")
    #expect(try folder.run().map(\.madeCount) == [1])
    #expect(try folder.bytes("out/s-scale-1.safetensors") == bytes)
    try folder.writePipeline(
      steps.replacing("q8_0", with: "q4_0").replacing("0:1:1", with: "0:1:0.5"))
    #expect(try folder.run().map(\.madeCount) == [1])
  }

  @Test("are made again when an adapter's content changes")
  func changedAdapter() throws {
    try folder.writePipeline(
      """
      small: {convert: input, dtype: f16, save: small.safetensors}
      tuned: {fuse: small, adapters: [lora.safetensors], save: tuned.safetensors}
      phone: {quantize: tuned, type: q8_0, save: phone.gguf}
      """)
    #expect(try folder.run().map(\.madeCount) == [3])
    let before = try folder.bytes("out/tuned.safetensors")
    try folder.remove("lora.safetensors")
    try HashedFile.write(
      [
        try HashedFile.Tensor(
          "\(Self.module).lora_down.weight", [Self.rank, Self.width], .f16, tag: "other", seed: "d"),
        try HashedFile.Tensor(
          "\(Self.module).lora_up.weight", [Self.width, Self.rank], .f16, tag: "other", seed: "u"),
      ], to: folder["lora.safetensors"], options: PipelineFolder.options)
    #expect(try folder.status().stages == [.waiting])
    #expect(try folder.run().map(\.madeCount) == [2])
    #expect(try folder.bytes("out/tuned.safetensors") != before)
    #expect(try folder.status().stages == [.done])
  }
}
