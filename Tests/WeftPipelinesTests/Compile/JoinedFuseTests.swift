import Testing
import WeftPipelines
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("Joined fuses")
struct JoinedFuseTests {
  static let place = PipelinePlace(folder: "/p", outputFolder: "out")

  /// The scales of the adapters of every variant.
  private func scales(_ steps: String) throws -> [[Double]] {
    let pass = try #require(try recipe(steps).passes.last)
    return try pass.outputs.map { output in
      guard
        case .fuse(let recipe) = try pass.recipe(input: "m", output: output, place: Self.place)
      else { return [] }
      #expect(recipe.adapters.map(\.path) == ["/p/a", "/abs/b", "/p/c"])
      return recipe.adapters.map(\.unetScale)
    }
  }

  @Test(
    "vary the adapter that the sweep's own step means",
    arguments: [
      ("", "", [[0.5, 0.25, 1]]),
      ("", "sweep: 'scale=0:1:0.5'", [[0.5, 0.25, 0], [0.5, 0.25, 0.5], [0.5, 0.25, 1]]),
      ("sweep: '2.scale=0:1:1'", "", [[0.5, 0, 1], [0.5, 1, 1]]),
      ("sweep: '1.unet=2:3:1'", "", [[2, 0.25, 1], [3, 0.25, 1]]),
      ("", "sweep: '1.te=2:3:1'", [[0.5, 0.25, 1], [0.5, 0.25, 1]]),
    ])
  func sweeps(first: String, second: String, scales expected: [[Double]]) throws {
    let steps =
      "one: {fuse: input, adapters: ['a:0.5', '/abs/b:0.25'], \(first)}\n"
      + "two: {fuse: one, adapters: ['c:1'], \(second)}"
    #expect(try scales(steps) == expected)
  }

  @Test("hand the words of their steps on")
  func words() throws {
    let pass = try #require(
      try recipe(
        "a: {fuse: input, adapters: [x], norm: delta, norm_base: n, tlora_base: /t, alpha_zero: zero, "
          + "dtype: bf16, vae: v, ema: drop, prune: true, component: unet, max_shard_size: 1GB}"
      ).passes.first)
    let output = try #require(pass.outputs.first)
    guard case .fuse(let recipe) = try pass.recipe(input: "m", output: output, place: Self.place)
    else {
      Issue.record("no fuse")
      return
    }
    #expect(recipe.basePath == "m")
    #expect(recipe.normMode == .delta)
    #expect(recipe.normBasePath == "/p/n")
    #expect(recipe.tloraBasePath == "/t")
    #expect(recipe.alphaZero == .zero)
    #expect(!recipe.mayBeUnchanged)
    #expect(recipe.output.dtype == .bf16)
    #expect(recipe.output.vaePath == "/p/v")
    #expect(recipe.output.averages == .drop)
    #expect(recipe.output.isPruned)
    #expect(recipe.output.component == "unet")
    #expect(recipe.output.maximumShardByteCount == 1_000_000_000)
    #expect(recipe.output.format == .safetensors)
    #expect(recipe.output.stem == "m-a")
  }
}
