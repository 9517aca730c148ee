import Testing
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform

@Suite("What a conversion cleans up")
struct CleaningTests {
  let workshop: Workshop
  private static let weight = "model.diffusion_model.input_blocks.0.0.weight"
  private static let average = "model_ema.diffusion_modelinput_blocks00weight"

  init() throws { workshop = try Workshop() }

  /// A whole model with moving averages and broken positions.
  private func writeTrained(allAverages: Bool = true) throws -> String {
    var tensors = try SmallModels.tensors("sd15", library: workshop.library)
    let positions = "cond_stage_model.transformer.text_model.embeddings.position_ids"
    tensors.removeAll { $0.name == positions }
    tensors.append(
      try HashedFile.Tensor(positions, Shape([1, 3]), .f16, bytes: [0, 0, 0, 0x3C, 0, 0x40]))
    for tensor in tensors where tensor.name.hasPrefix("model.diffusion_model.") {
      guard allAverages || tensor.name == Self.weight else { continue }
      let name = "model_ema." + tensor.name.dropFirst(6).filter { $0 != "." }
      tensors.append(
        try HashedFile.Tensor(name, tensor.shape, .f32, tag: "average", seed: tensor.name))
    }
    tensors.append(try HashedFile.Tensor("model_ema.decay", Shape([]), .f32, bytes: [0, 0, 0, 0]))
    let path = workshop.path("trained.safetensors")
    try HashedFile.write(tensors, to: path, options: RunOptions(threads: 2))
    return path
  }

  @Test("moving averages are kept, left out, or taken in place of the weights")
  func averages() throws {
    let input = try writeTrained()
    let output = ["kept", "dropped", "preferred"].map { workshop.path($0 + ".safetensors") }
    try workshop.convert(input, to: output[0])
    try workshop.convert(input, to: output[1]) { $0.averages = .drop }
    try workshop.convert(input, to: output[2]) { $0.averages = .prefer }
    let before = try Checkpoint.open(input)
    let results = try output.map { try Checkpoint.open($0) }
    #expect(results.map { $0[Self.average] != nil } == [true, false, false])
    #expect(results.map { $0["model_ema.decay"] != nil } == [true, false, false])
    #expect(try results[1][Self.weight]?.bytes() == before[Self.weight]?.bytes())
    let averaged = try #require(before[Self.average]).doubles()
    let taken = try #require(results[2][Self.weight])
    #expect(taken.info.dtype == .f16)
    #expect(try taken.doubles() == averaged.map { rounded($0, to: .f16) })
  }

  @Test("moving averages survive a folder, unless they are left out")
  func averagesInFolder() throws {
    let input = try writeTrained()
    let folder = workshop.path("folder")
    let back = workshop.path("back.safetensors")
    let plan = try workshop.convert(input, to: folder) { $0.format = .diffusers }
    #expect(plan.warnings.contains { $0.contains("EMA") && $0.contains("--drop-ema") })
    try workshop.convert(folder, to: back)
    // The positions of this input are three, and broken: a folder's way back makes the whole range.
    let (before, after) = (try Checkpoint.open(input), try Checkpoint.open(back))
    for tensor in before.tensors where !tensor.info.name.hasSuffix("position_ids") {
      #expect(try after[tensor.info.name]?.bytes() == tensor.bytes())
    }
    #expect(after.tensors.count == before.tensors.count)
    let without = workshop.path("without")
    let pruned = try workshop.convert(input, to: without) {
      $0.format = .diffusers
      $0.averages = .drop
    }
    #expect(!pruned.tensors.contains { $0.info.name.contains("model_ema") })
    #expect(pruned.dropped.contains { $0.name == Self.average })
  }

  @Test("moving averages of some weights alone cannot take their place")
  func someAverages() throws {
    let input = try writeTrained(allAverages: false)
    #expect(throws: TransformError.self) {
      try workshop.convert(input, to: workshop.path("x.safetensors")) { $0.averages = .prefer }
    }
  }

  @Test("positions that merges have broken are 0, 1, 2, ... again, and the plan says so")
  func positions() throws {
    let input = try writeTrained()
    let output = workshop.path("repaired.safetensors")
    let plan = try workshop.convert(input, to: output)
    let name = "cond_stage_model.transformer.text_model.embeddings.position_ids"
    let repaired = try #require(try Checkpoint.open(output)[name])
    #expect(repaired.info.dtype == .i64)
    #expect(try repaired.bytes() == [0, 1, 2].flatMap { [$0, 0, 0, 0, 0, 0, 0, 0] })
    #expect(plan.warnings.contains { $0.contains(name) && $0.contains("repaired") })
  }

  @Test("pruning leaves what is no model out, lists it, and keeps what decides how to sample")
  func pruning() throws {
    let input = try writeTrained()
    let output = workshop.path("pruned.safetensors")
    let plan = try workshop.convert(input, to: output) { $0.isPruned = true }
    let result = try Checkpoint.open(output)
    #expect(result["v_pred"] != nil && result["alphas_cumprod"] != nil)
    #expect(!result.tensors.contains { $0.info.name.hasPrefix("model_ema.") })
    #expect(plan.dropped.contains { $0.name == "model_ema.decay" })
    #expect(plan.dropped.allSatisfy { !$0.reason.isEmpty })
  }

  @Test("a VAE takes the place of the model's, from either layout")
  func baking() throws {
    let base = try workshop.writeModel("sd15")
    let other = workshop.path("other.safetensors")
    let tensors = try SmallModels.tensors("sd15", library: workshop.library).filter {
      $0.name.hasPrefix("first_stage_model.")
    }
    try HashedFile.write(
      try tensors.map { try HashedFile.Tensor($0.name, $0.shape, .f16, tag: "vae", seed: $0.name) },
      to: other, options: RunOptions(threads: 1))
    let diffusers = workshop.path("vae-diffusers.safetensors")
    try workshop.convert(other, to: diffusers) { $0.layout = "diffusers" }
    for vae in [other, diffusers] {
      let output = workshop.path("baked.safetensors")
      var recipe = ConvertRecipe(inputPath: base)
      recipe.output.vaePath = vae
      let plan = try ConvertPlanner.plan(recipe, library: workshop.library, threads: 2)
      var options = RunOptions(threads: 2)
      options.replaces = true
      _ = try plan.runner(options: options).run(path: output, inputs: plan.inputFiles) { _ in }
      let (baked, wanted) = (try Checkpoint.open(output), try Checkpoint.open(other))
      for tensor in wanted.tensors {
        #expect(try baked[tensor.info.name]?.bytes() == tensor.bytes())
      }
      #expect(plan.count(.changed) == wanted.tensors.count)
    }
  }
}
