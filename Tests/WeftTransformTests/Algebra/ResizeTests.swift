import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("A resized LoRA is the best of its rank under the same names")
struct ResizeTests {
  let workshop: Workshop
  static let stem = FormulaTests.linear.stem

  init() throws { workshop = try Workshop() }

  /// Factors with the singular values 4, 3, 2, 1 in their product: unit vectors, mixed up by their places.
  private func writeKnown(alpha: Float? = 2) throws -> String {
    let (rows, columns, rank) = (32, 64, 4)
    var up = [Float](repeating: 0, count: rows * rank)
    var down = [Float](repeating: 0, count: rank * columns)
    for (k, value) in [Float(2), 4, 1, 3].enumerated() {
      up[(5 * k + 2) * rank + k] = value
      down[k * columns + 7 * k + 3] = k % 2 == 0 ? 1 : -1
    }
    return try workshop.writeAdapter(
      [
        ("\(Self.stem).lora_up.weight", [rows, rank], up),
        ("\(Self.stem).lora_down.weight", [rank, columns], down),
        ("lora_unet_mid_block_resnets_0_norm1.w_norm", [96], Workshop.values(96, seed: 5)),
      ] + (alpha.map { [("\(Self.stem).alpha", [], [$0])] } ?? []))
  }

  private func resize(
    _ path: String, _ rule: RankChoice.Rule, threads: Int = 1
  ) throws -> (adapter: Checkpoint, report: CompositionReport, resizing: Resizing) {
    let output = workshop.path("resized-\(Int.random(in: 0 ... .max)).safetensors")
    let resizing = try Resizing.plan(
      ResizeRecipe(path: path, rank: RankChoice(rule)), library: workshop.library)
    let report = try resizing.run(to: output, options: RunOptions(threads: threads)) { _ in }
    return (try Checkpoint.open(output), report, resizing)
  }

  private func product(_ adapter: Checkpoint, scaled: Bool = true) throws -> [Double] {
    let up = try #require(adapter["\(Self.stem).lora_up.weight"])
    let down = try #require(adapter["\(Self.stem).lora_down.weight"])
    let rank = down.info.shape.rowCount
    let columns = down.info.elementCount / rank
    let alpha = try adapter["\(Self.stem).alpha"]?.doubles().first ?? Double(rank)
    let (a, b) = (try up.doubles(), try down.doubles())
    return (0..<up.info.shape.rowCount * columns).map { index in
      (0..<rank).reduce(0) { sum, k in
        sum + a[index / columns * rank + k] * b[k * columns + index % columns]
      } * alpha / Double(rank)
    }
  }

  static let cases: [RankChoiceTests.Case] = [
    .init(.rank(1), 1), .init(.rank(3), 3), .init(.energy(0.533), 1), .init(.energy(0.534), 2),
    .init(.energy(0.96), 3), .init(.frobenius(0.9), 2), .init(.ratio(1.9), 2),
    .init(.ratio(2.1), 3),
  ]

  @Test("to the smallest rank that fulfils a criterion", arguments: cases)
  func criteria(item: RankChoiceTests.Case) throws {
    let (rule, rank) = (item.rule, item.rank)
    let (adapter, report, _) = try resize(try writeKnown(), rule)
    #expect(report.layers.map(\.rank) == [rank])
    #expect(adapter["\(Self.stem).lora_down.weight"]?.info.shape == [rank, 64])
    let kept: [Double] = [16, 9, 4, 1]
    let energy = kept.prefix(rank).reduce(0, +) / 30
    #expect(abs(try #require(report.layers.first?.capturedEnergy) - energy) < 1e-12)
    // Alpha over rank stays what it was.
    #expect(try adapter["\(Self.stem).alpha"]?.doubles() == [Double(rank) / 2])
  }

  @Test("and keeps the greatest singular values with their signs and scale")
  func values() throws {
    let path = try writeKnown()
    let before = try product(try Checkpoint.open(path))
    let after = try product(try resize(path, .rank(2)).adapter)
    for (old, new) in zip(before, after) {
      // The scale is a half: values of 4 and 3 stay, 2 and 1 go.
      #expect(abs(new - (abs(old) > 1.25 ? old : 0)) < 1e-6)
    }
  }

  @Test("the same or a higher rank keeps every byte", arguments: [4, 5, 1000])
  func identity(rank: Int) throws {
    let path = try writeKnown()
    let (adapter, _, _) = try resize(path, .rank(rank))
    for tensor in try Checkpoint.open(path).tensors {
      #expect(try adapter[tensor.info.name]?.bytes() == tensor.bytes())
    }
  }

  @Test("other families stay as they are and are counted; without alpha the scale stays 1")
  func others() throws {
    let path = try writeKnown(alpha: nil)
    let (adapter, _, resizing) = try resize(path, .rank(1))
    #expect(resizing.kept.values.reduce(0, +) == 1)
    let norm = "lora_unet_mid_block_resnets_0_norm1.w_norm"
    #expect(try adapter[norm]?.bytes() == Checkpoint.open(path)[norm]?.bytes())
    #expect(adapter["\(Self.stem).alpha"] == nil)
    #expect(abs(try product(adapter).map(abs).max() ?? 0) > 3.99)
  }

  @Test("a rank above the outputs of a layer is no obstacle")
  func fewOutputs() throws {
    let stem = "lora_unet_conv_out"
    let adapter = try workshop.writeAdapter([
      ("\(stem).lora_up.weight", [4, 8, 1, 1], Workshop.values(32, seed: 1)),
      ("\(stem).lora_down.weight", [8, 32, 3, 3], Workshop.values(8 * 288, seed: 2)),
      ("\(stem).alpha", [], [8]),
    ])
    let resized = try resize(adapter, .rank(4)).adapter
    // Four at most: values that follow a pattern may have less.
    let rank = try #require(resized["\(stem).lora_down.weight"]).info.shape.rowCount
    #expect((1...4).contains(rank))
    #expect(resized["\(stem).lora_up.weight"]?.info.shape == [4, rank, 1, 1])
    let (old, new) = (try values(stem, try Checkpoint.open(adapter)), try values(stem, resized))
    // Rank 4 is all that four outputs can have.
    #expect(zip(old, new).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  private func values(_ stem: String, _ adapter: Checkpoint) throws -> [Double] {
    let up = try #require(adapter["\(stem).lora_up.weight"]).doubles()
    let down = try #require(adapter["\(stem).lora_down.weight"]).doubles()
    let rank = up.count / 4
    return (0..<4 * 288).map { index in
      (0..<rank).reduce(0) { $0 + up[index / 288 * rank + $1] * down[$1 * 288 + index % 288] }
    }
  }

  @Test("an adapter without low-rank factors is refused")
  func nothingToResize() throws {
    let path = try workshop.writeAdapter([
      ("lora_unet_mid_block_resnets_0_norm1.w_norm", [96], Workshop.values(96, seed: 5))
    ])
    #expect(throws: TransformError.self) { try resize(path, .rank(1)) }
  }
}
