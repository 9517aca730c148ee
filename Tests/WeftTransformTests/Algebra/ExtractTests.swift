import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("An extracted adapter is the difference of two models")
struct ExtractTests {
  /// F32 sums of a base and a difference: two roundings.
  static let tolerance = 1e-6

  let workshop: Workshop
  let base: String
  static let linear = FormulaTests.linear
  static let convolution = FormulaTests.convolution3

  init() throws {
    workshop = try Workshop()
    base = try workshop.writeBase(.f32)
  }

  /// The base with a difference in a linear layer, a convolution with its bias, and a norm.
  private func tuned() throws -> String {
    let (linear, convolution) = (Self.linear, Self.convolution)
    let rank = 3
    let adapter = try workshop.writeAdapter([
      ("\(linear.stem).lora_up.weight", [linear.rows, rank], Workshop.values(32 * rank, seed: 1)),
      (
        "\(linear.stem).lora_down.weight", [rank, linear.columns],
        Workshop.values(rank * linear.columns, seed: 2)
      ),
      ("\(convolution.stem).diff", convolution.shape, Workshop.values(96 * 864, seed: 3)),
      ("\(convolution.stem).diff_b", [96], Workshop.values(96, seed: 4)),
      ("lora_unet_mid_block_resnets_0_norm1.w_norm", [96], Workshop.values(96, seed: 5)),
    ])
    return try workshop.fuse(
      FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    ).path
  }

  private func extract(
    _ tuned: String, _ choice: RankChoice, threads: Int = 2,
    change: (inout ExtractRecipe) -> Void = { _ in }
  ) throws -> (adapter: Checkpoint, report: CompositionReport) {
    var recipe = ExtractRecipe(tunedPath: tuned, basePath: base)
    recipe.form.rank = choice
    recipe.form.dtype = .f32
    change(&recipe)
    let path = workshop.path("extracted-\(threads)-\(Int.random(in: 0 ... .max)).safetensors")
    let report = try Extraction.plan(recipe, library: workshop.library).run(
      to: path, options: RunOptions(threads: threads)
    ) { _ in }
    return (try Checkpoint.open(path), report)
  }

  private func expectEqual(_ one: Checkpoint, _ other: Checkpoint) throws {
    #expect(one.tensors.count == other.tensors.count)
    for tensor in one.tensors {
      let (a, b) = (
        try tensor.doubles(), try #require(other[tensor.info.name]).doubles()
      )
      let greatest = max(1, a.map(abs).max() ?? 0)
      let isEqual = zip(a, b).allSatisfy { abs($0 - $1) <= Self.tolerance * greatest }
      #expect(isEqual, "\(tensor.info.name)")
    }
  }

  @Test("at full rank, extracting and fusing gives the tuned model")
  func fullRank() throws {
    let tuned = try tuned()
    let (adapter, report) = try extract(tuned, RankChoice(.rank(10_000)))
    let fused = try workshop.fuse(
      FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter.path)]))
    try expectEqual(try Checkpoint.open(tuned), fused)
    #expect(report.layers.count { $0.form == .difference } == 3)
    #expect(report.layers.count { $0.form == .norm } == 1)
    #expect(report.layers.count { $0.form == .equal } == workshop.tensors.count - 4)
  }

  @Test("at the rank of a difference nothing is lost, and equal tensors are left out")
  func plantedRank() throws {
    let (adapter, report) = try extract(try tuned(), RankChoice(.rank(3)))
    let layer = try #require(report.layers.first { $0.name == "unet/\(Self.linear.path).weight" })
    #expect(layer.form == .lowRank && layer.rank == 3)
    #expect(try #require(layer.capturedEnergy) > 1 - 1e-9)
    let names = Set(adapter.tensors.map(\.info.name))
    let stem = Self.convolution.stem
    let norm = "lora_unet_mid_block_resnets_0_norm1"
    #expect(
      names == [
        "\(Self.linear.stem).lora_up.weight", "\(Self.linear.stem).lora_down.weight",
        "\(Self.linear.stem).alpha", "\(stem).lora_up.weight", "\(stem).lora_down.weight",
        "\(stem).alpha", "\(stem).diff_b", "\(norm).w_norm", "\(norm).b_norm",
      ])
    #expect(adapter["\(stem).lora_down.weight"]?.info.shape == [3, 96, 3, 3])
    #expect(adapter["\(stem).lora_up.weight"]?.info.shape == [96, 3, 1, 1])
    #expect(try adapter["\(stem).alpha"]?.doubles() == [3])
    // The half of a norm that does not change is there, as zeros.
    #expect(try adapter["\(norm).b_norm"]?.doubles().allSatisfy { $0 == 0 } == true)
  }

  @Test("an energy is reached by the smallest rank, and convolutions may have their own")
  func energy() throws {
    let tuned = try tuned()
    let report = try extract(tuned, RankChoice(.energy(0.8))).report
    for layer in report.layers {
      if let captured = layer.capturedEnergy { #expect(captured >= 0.8) }
    }
    let convolution = "unet/\(Self.convolution.path).weight"
    let own = try extract(tuned, RankChoice(.rank(2))) {
      $0.form.convolutionRank = RankChoice(.rank(7))
    }.report
    #expect(own.layers.first { $0.name == convolution }?.rank == 7)
    #expect(own.layers.first { $0.name == "unet/\(Self.linear.path).weight" }?.rank == 2)
  }

  @Test(
    "the bytes do not depend on the number of threads",
    arguments: [FactoringMethod.randomized, .exact])
  func threads(method: FactoringMethod) throws {
    let tuned = try tuned()
    let files = try [1, 3].map { threads in
      try extract(tuned, RankChoice(.rank(4)), threads: threads) { $0.form.method = method }
        .adapter
    }
    for tensor in files[0].tensors {
      #expect(try tensor.bytes() == files[1][tensor.info.name]?.bytes(), "\(tensor.info.name)")
    }
  }

  @Test("equal models, other architectures and wrong components are refused")
  func refusals() throws {
    #expect(throws: TransformError.self) {
      try extract(base, RankChoice(.rank(4)))
    }
    #expect(throws: TransformError.self) {
      try extract(try tuned(), RankChoice(.rank(4))) { $0.components = ["vae"] }
    }
    #expect(throws: TransformError.self) {
      try extract(try tuned(), RankChoice(.rank(4))) { $0.form.spelling = "diffusers" }
    }
  }

  @Test("F16 factors stay within their rounding of the F32 ones")
  func halfPrecision() throws {
    let tuned = try tuned()
    let narrow = try extract(tuned, RankChoice(.rank(3))) { $0.form.dtype = nil }.adapter
    #expect(narrow.tensors.filter { $0.info.shape.rank > 0 }.allSatisfy { $0.info.dtype == .f16 })
    let fused = try workshop.fuse(
      FuseRecipe(basePath: base, adapters: [AdapterRequest(path: narrow.path)]))
    let path = Self.linear.path + ".weight"
    let wanted = try #require(try Checkpoint.open(tuned)[path]).doubles()
    let found = try #require(fused[path]).doubles()
    // Two factors of 11 bits, three products.
    #expect(zip(wanted, found).allSatisfy { abs($0 - $1) < 0x1p-8 })
  }
}
