import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("A fuse in place")
struct InPlaceTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private var undoPath: String { workshop.path("model.undo") }

  /// Fuses in place and gives the plan.
  private func fuseInPlace(_ recipe: FuseRecipe, threads: Int = 2) throws -> InPlacePlan {
    let plan = try FusePlanner.plan(recipe, library: workshop.library, threads: threads)
    let patch = try InPlacePlan.of(plan.model)
    var options = RunOptions(threads: threads)
    options.syncs = false
    _ = try InPlaceFuse(patch, undoPath: undoPath, options: options).run { _ in }
    return patch
  }

  private func undo(_ path: String) throws -> UndoFile.State {
    let undo = try UndoFile.open(undoPath)
    let model = try PatchedFile.open(path)
    let state = try undo.state(of: model, threads: 2)
    try Restoration(undo, of: model, threads: 2, syncs: false).run { _ in }
    #expect(try undo.state(of: model, threads: 1) == .original)
    return state
  }

  /// Checks that a fuse in place gives the tensors of an ordinary one, and that the way back is exact.
  private func check(_ recipe: FuseRecipe, threads: Int = 2) throws -> InPlacePlan {
    let path = recipe.basePath
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let wanted = try workshop.fuse(recipe)
    let plan = try fuseInPlace(recipe, threads: threads)
    let found = try Checkpoint.open(path)
    #expect(found.tensors.count == wanted.tensors.count)
    for tensor in wanted.tensors {
      #expect(try found[tensor.info.name]?.bytes() == tensor.bytes(), "\(tensor.info.name)")
      #expect(found[tensor.info.name]?.info == tensor.info)
    }
    #expect(try undo(path) == .changed)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    return plan
  }

  /// A low-rank adapter in kohya's names.
  private func lora(
    _ stem: String, rows: Int, columns: Int, seed: Int, scale: Float = 1
  ) throws -> String {
    let rank = 4
    return try workshop.writeAdapter([
      (stem + ".lora_up.weight", [rows, rank], Workshop.values(rows * rank, seed: seed)),
      (
        stem + ".lora_down.weight", [rank, columns],
        Workshop.values(rank * columns, seed: seed + 1).map { $0 * scale }
      ),
    ])
  }

  private let attention = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"

  @Test(
    "gives what an ordinary fuse gives, in every type and with any number of threads",
    arguments: [DType.f16, .bf16, .f32], [1, 3])
  func types(dtype: DType, threads: Int) throws {
    let base = try workshop.writeBase(dtype)
    let adapter = AdapterRequest(
      path: try lora(attention, rows: 32, columns: 32, seed: 3))
    let plan = try check(FuseRecipe(basePath: base, adapters: [adapter]), threads: threads)
    let width = dtype.byteWidth ?? 0
    #expect([32 * 32 * width].contains(plan.writtenByteCount) || plan.hasRecipeInHeader)
  }

  @Test("sums an adapter that is given twice with others once")
  func several() throws {
    let base = try workshop.writeBase(.f16)
    let first = AdapterRequest(path: try lora(attention, rows: 32, columns: 32, seed: 3))
    var second = AdapterRequest(path: try lora(attention, rows: 32, columns: 32, seed: 9))
    second.unetScale = -0.5
    _ = try check(FuseRecipe(basePath: base, adapters: [first, second, first]))
  }

  @Test("changes only the slices of OpenCLIP's joined projections, and a transposed one")
  func openCLIP() throws {
    let base = try workshop.writeOpenCLIP(width: 64)
    let stem = "lora_te2_text_model_encoder_layers_0_self_attn_q_proj"
    let slice = AdapterRequest(path: try lora(stem, rows: 64, columns: 64, seed: 3))
    let plan = try check(FuseRecipe(basePath: base, adapters: [slice]))
    #expect(plan.writtenByteCount == 64 * 64 * 2)
    let projection = AdapterRequest(
      path: try lora("lora_te2_text_projection", rows: 64, columns: 64, seed: 5))
    try FileManager.default.removeItem(atPath: undoPath)
    let second = try check(FuseRecipe(basePath: base, adapters: [slice, projection]))
    #expect(second.writtenByteCount == 2 * 64 * 64 * 2)
  }

  @Test("may take the model itself as the stock model of a difference")
  func ownStock() throws {
    let base = try workshop.writeBase(.f32)
    let name = "down_blocks.0.resnets.0.norm1"
    let adapter = try workshop.writeAdapter([
      (name + ".weight", [32], Workshop.values(32, seed: 1)),
      (name + ".bias", [32], Workshop.values(32, seed: 2)),
    ])
    var recipe = FuseRecipe(basePath: base, adapters: [AdapterRequest(path: adapter)])
    recipe.normMode = .delta
    recipe.normBasePath = base
    _ = try check(recipe)
  }

  @Test("gives the original bytes back when a result is not finite, and leaves no undo file")
  func overflow() throws {
    let base = try workshop.writeBase(.f16)
    let before = try Data(contentsOf: URL(fileURLWithPath: base))
    let adapter = AdapterRequest(
      path: try lora(attention, rows: 32, columns: 32, seed: 3, scale: 1e6))
    #expect(throws: NonFiniteValues.self) {
      try fuseInPlace(FuseRecipe(basePath: base, adapters: [adapter]))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: base)) == before)
    #expect(!FileManager.default.fileExists(atPath: undoPath))
  }

  @Test("is undone when it is stopped, at whatever byte", arguments: [0, 1, 2, 3, 4, 5])
  func stopped(after calls: Int) throws {
    struct Stop: Error {}
    let base = try workshop.writeBase(.f16)
    let before = try Data(contentsOf: URL(fileURLWithPath: base))
    let adapters = try (0..<3).map { index in
      AdapterRequest(
        path: try lora(
          attention.replacingOccurrences(of: "down_blocks_0", with: "down_blocks_\(index)"),
          rows: [32, 64, 96][index], columns: [32, 64, 96][index], seed: index))
    }
    let plan = try FusePlanner.plan(
      FuseRecipe(basePath: base, adapters: adapters), library: workshop.library, threads: 1)
    let fuse = InPlaceFuse(
      try InPlacePlan.of(plan.model), undoPath: undoPath, options: RunOptions(threads: 1))
    let count = Counter()
    #expect(throws: Stop.self) {
      _ = try fuse.run { _ in if count.next() == calls { throw Stop() } }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: base)) == before)
    #expect(!FileManager.default.fileExists(atPath: undoPath))
  }
}

/// Counts calls; the runs that use it have one thread.
private final class Counter: @unchecked Sendable {
  private var count = 0

  func next() -> Int {
    defer { count += 1 }
    return count
  }
}

extension Workshop {
  /// Writes SDXL's second text encoder alone with OpenCLIP's names, two layers deep.
  func writeOpenCLIP(width: Int) throws -> String {
    let architecture = try #require(library.architecture("sdxl"))
    let component = "text_encoder_2"
    let dimensions: Dimensions = [
      "width": .integer(width), "layers": .integer(2), "vocabulary": .integer(64),
    ]
    let tensors = try architecture.expanded([component: dimensions])
      .filter { $0.name.component == component }
    let arrangement = try architecture.arrange(
      tensors.map { (name: $0.name, shape: $0.shape) }, layout: "ldm")
    let path = path("openclip.safetensors")
    try HashedFile.write(
      try arrangement.tensors.compactMap { tensor in
        guard case .slices = tensor.content else { return nil }
        return try HashedFile.Tensor(
          tensor.name, tensor.shape, .f16, tag: "openclip", seed: tensor.name)
      }, to: path, options: RunOptions(threads: 1))
    return path
  }
}
