import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Merges through the engine")
struct MergeRunTests {
  private static let shape: Shape = [300, 80, 3, 3]

  @Test("the number of threads does not show, and values are rounded once")
  func threads() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let models = folder.appendingPathComponent("models.safetensors").path
    try HashedFile.write(
      try ["a", "b", "base"].map {
        try HashedFile.Tensor("\($0).weight", Self.shape, .f16, tag: "merge", seed: "\($0).weight")
      }, to: models, options: RunOptions(threads: 1))
    let file = try Checkpoint.open(models)
    for method in try FormatLibrary.embedded().mergeMethods where method.leastModelCount < 3 {
      let value = try self.value(method, file)
      let outputs = try (1...2).map { threads in
        try run(
          value, threads: threads,
          path: folder.appendingPathComponent("\(method.id)-\(threads).safetensors").path)
      }
      let first = try #require(outputs[0]["x.weight"])
      #expect(try first.bytes() == outputs[1]["x.weight"]?.bytes(), "\(method.id)")
      let expected = try value.values().map { rounded($0, to: .f16) }
      #expect(try first.doubles() == expected, "\(method.id)")
    }
  }

  private func value(_ method: MergeMethod, _ file: Checkpoint) throws -> ComputedValue {
    func input(_ name: String) throws -> MergedTensor.Input {
      let tensor = try #require(file["\(name).weight"])
      return MergedTensor.Input(
        ComputedValue(tensor.block(rows: Self.shape.rowCount)), shape: Self.shape,
        options: MergeOptions(standard: method.modelOptions), origin: name)
    }
    let tensor = MergedTensor(
      name: CanonicalName(component: "unet", path: "x.weight"),
      models: try ["a", "b"].map(input), base: method.needsBase ? try input("base") : nil,
      options: MergeOptions(standard: method.options))
    return try MergeRules.rule(method.id).surveyed([tensor], [Workspace(kernels: .best)])
      .value(of: tensor)
  }

  private func run(_ value: ComputedValue, threads: Int, path: String) throws -> Checkpoint {
    let info = try #require(TensorInfo(name: "x.weight", dtype: .f16, shape: Self.shape))
    let work: Piece.Work =
      if case .stored(let block) = value.start, value.update.isDirect {
        .compute(block, value.update)
      } else {
        .evaluate(value.formula)
      }
    let planned = PlannedTensor(
      info: info, pieces: [Piece(byteOffset: 0, byteCount: info.byteCount, work: work)],
      action: .changed)
    let runner = ModelRunner(
      tensors: [planned],
      layout: try OutputLayout.safetensors([info], metadata: [:], path: path),
      options: RunOptions(threads: threads))
    _ = try runner.run(path: path, inputs: []) { _ in }
    return try Checkpoint.open(path)
  }
}
