import Foundation
import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("A merged adapter does what its parts do together")
struct AdapterMergeTests {
  let workshop: Workshop
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static let targets = [FormulaTests.linear, FormulaTests.convolution1, FormulaTests.convolution3]

  init() throws { workshop = try Workshop() }

  /// A LoRA on three layers.
  private func writeLoRA(rank: Int, alpha: Float, seed: Int) throws -> String {
    try workshop.writeAdapter(
      Self.targets.flatMap { target -> [(String, [Int], [Float])] in
        let tail = Array(target.shape.dropFirst(2))
        return [
          (
            "\(target.stem).lora_up.weight", [target.rows, rank] + tail.map { _ in 1 },
            Workshop.values(target.rows * rank, seed: seed)
          ),
          (
            "\(target.stem).lora_down.weight", [rank, target.shape[1]] + tail,
            Workshop.values(rank * target.columns, seed: seed + 1)
          ),
          ("\(target.stem).alpha", [], [alpha]),
        ]
      })
  }

  private func merge(
    _ requests: [AdapterRequest], base: String,
    change: (inout AdapterMergeRecipe) -> Void = { _ in }
  ) throws -> Checkpoint {
    var recipe = AdapterMergeRecipe(adapters: requests)
    recipe.basePath = base
    change(&recipe)
    let path = workshop.path("merged-\(Int.random(in: 0 ... .max)).safetensors")
    _ = try AdapterMerge.plan(recipe, library: workshop.library).run(
      to: path, options: RunOptions(threads: 2)
    ) { _ in }
    return try Checkpoint.open(path)
  }

  private func fuse(_ requests: [AdapterRequest], _ base: String) throws -> Checkpoint {
    try workshop.fuse(FuseRecipe(basePath: base, adapters: requests))
  }

  /// Expects that no value is further off than a part of the tensor's greatest change.
  private func expectSame(
    _ one: Checkpoint, _ other: Checkpoint, base: String, within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let start = try Checkpoint.open(base)
    var changed = 0
    for tensor in one.tensors {
      let old = try #require(start[tensor.info.name]).doubles()
      let (a, b) = (try tensor.doubles(), try #require(other[tensor.info.name]).doubles())
      let greatest = zip(a, old).map { abs($0 - $1) }.max() ?? 0
      let isSame = zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * greatest }
      #expect(isSame, "\(tensor.info.name)", sourceLocation: sourceLocation)
      if greatest > 0 { changed += 1 }
    }
    #expect(changed > 0, sourceLocation: sourceLocation)
  }

  private func request(_ path: String, _ scale: Double = 1) -> AdapterRequest {
    var request = AdapterRequest(path: path)
    (request.unetScale, request.textEncoderScale) = (scale, scale)
    return request
  }

  @Test("adapters side by side equal one fuse of all, bit for bit, with scales that are exact")
  func concatenation() throws {
    let base = try workshop.writeBase(.f16)
    let requests = [
      request(try writeLoRA(rank: 3, alpha: 1.5, seed: 1), 0.5),
      request(try writeLoRA(rank: 5, alpha: 5, seed: 11), -2),
      request(try writeLoRA(rank: 2, alpha: 1, seed: 21)),
    ]
    let merged = try merge(requests, base: base)
    let stem = Self.targets[0].stem
    #expect(merged["\(stem).lora_down.weight"]?.info.shape == [10, 64])
    #expect(try merged["\(stem).alpha"]?.doubles() == [10])
    let (one, all) = (try fuse([request(merged.path)], base), try fuse(requests, base))
    for tensor in all.tensors {
      #expect(try one[tensor.info.name]?.bytes() == tensor.bytes(), "\(tensor.info.name)")
    }
  }

  @Test("equal scales stay in the alpha, and the factors keep their bits")
  func uniformScale() throws {
    let base = try workshop.writeBase(.f16)
    let path = try writeLoRA(rank: 4, alpha: 1, seed: 1)
    let merged = try merge([request(path), request(path)], base: base)
    let stem = Self.targets[0].stem
    #expect(try merged["\(stem).alpha"]?.doubles() == [2])
    let down = try #require(try Checkpoint.open(path)["\(stem).lora_down.weight"]).bytes()
    #expect(try merged["\(stem).lora_down.weight"]?.bytes() == down + down)
  }

  @Test("cut to the rank of what is there, nothing is lost; below it, the best is kept")
  func cut() throws {
    let base = try workshop.writeBase(.f32)
    let path = try writeLoRA(rank: 4, alpha: 1, seed: 1)
    let twice = [request(path), request(path, 0.5)]
    let same = try merge(twice, base: base) { $0.form.rank = RankChoice(.rank(4)) }
    #expect(same["\(Self.targets[0].stem).lora_down.weight"]?.info.shape == [4, 64])
    try expectSame(
      try fuse([request(same.path)], base), try fuse(twice, base), base: base, within: 1e-5)
    let less = try merge(twice, base: base) { $0.form.rank = RankChoice(.rank(2)) }
    #expect(less["\(Self.targets[2].stem).lora_down.weight"]?.info.shape == [2, 96, 3, 3])
  }

  @Test(
    "any family becomes full differences, or plain LoRA, that change a model as it does",
    arguments: [
      "locon-tucker", "loha", "loha-tucker", "lokr", "lokr-tucker", "dora-output", "dora-input",
      "dora-lokr-output", "glora", "ia3-output", "oft", "oft-kohya", "boft", "sparse", "peft-bias",
    ], [true, false])
  func families(name: String, isDense: Bool) throws {
    let base = try FamilyFixture.writeBase(in: workshop, .f32)
    let adapter = try FamilyFixture(name).writeAdapter(in: workshop)
    if name.hasPrefix("peft") {
      try #"{"peft_type": "LORA", "r": 4, "lora_alpha": 6}"#.write(
        toFile: workshop.path("adapter_config.json"), atomically: true, encoding: .utf8)
    }
    let merged = try merge([request(adapter)], base: base) {
      $0.form.dtype = .f32
      $0.form.isDense = isDense
      $0.form.rank = isDense ? nil : RankChoice(.energy(1 - 1e-12))
      $0.form.method = .exact
      $0.form.keepsProducts = true
    }
    // The roundings of the difference and of the sum to F32, at weights of about the size of their changes.
    try expectSame(
      try fuse([request(merged.path)], base), try fuse([request(adapter)], base), base: base,
      within: 2e-5)
    if isDense { #expect(!merged.tensors.contains { $0.info.name.contains("lora_up") }) }
  }

  @Test("what depends on the model is refused without one", arguments: ["dora-output", "oft"])
  func dependence(name: String) throws {
    let adapter = try FamilyFixture(name).writeAdapter(in: workshop)
    #expect(throws: TransformError.self) {
      try merge([request(adapter)], base: "") { $0.basePath = nil }
    }
  }

  @Test("families can keep their tensors and get other names")
  func renamed() throws {
    let base = try FamilyFixture.writeBase(in: workshop, .f32)
    let adapter = try FamilyFixture("loha").writeAdapter(in: workshop)
    let renamed = try merge([request(adapter)], base: base) {
      $0.keepsFamilies = true
      $0.form.spelling = "kohya-diffusers"
    }
    #expect(renamed.tensors.contains { $0.info.name.hasSuffix(".hada_w1_a") })
    let (one, other) = (try fuse([request(renamed.path)], base), try fuse([request(adapter)], base))
    for tensor in one.tensors {
      #expect(try other[tensor.info.name]?.bytes() == tensor.bytes())
    }
  }

  @Test("diffusers' naming folds the scales, and goes there and back")
  func diffusersNaming() throws {
    let base = try workshop.writeBase(.f16)
    let path = try writeLoRA(rank: 4, alpha: 1, seed: 1)
    let dotted = try merge([request(path)], base: base) { $0.form.spelling = "diffusers" }
    #expect(dotted.tensors.allSatisfy { $0.info.name.hasPrefix("unet.") })
    #expect(!dotted.tensors.contains { $0.info.name.hasSuffix("alpha") })
    let back = try merge([request(dotted.path)], base: base)
    let (one, other) = (try fuse([request(back.path)], base), try fuse([request(path)], base))
    for tensor in one.tensors {
      #expect(try other[tensor.info.name]?.bytes() == tensor.bytes())
    }
  }

  @Test("a ResAdapter becomes one file that gives what its folder gives")
  func resAdapter() throws {
    let base = try workshop.writeBase(.f32)
    let folder = workshop.path("resadapter")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (fixture, name) in [
      ("lora", AdapterFolder.lowRankName), ("norm", AdapterFolder.normName),
    ] {
      try FileManager.default.copyItem(
        atPath: Self.fixtures.appendingPathComponent(
          "resadapter_sd15_unet.\(fixture).safetensors"
        ).path,
        toPath: folder + "/" + name)
    }
    let one = try merge([request(folder)], base: base)
    #expect(one.tensors.count { $0.info.name.hasSuffix(".w_norm") } == 44)
    #expect(one.tensors.count { $0.info.name.hasSuffix(".b_norm") } == 44)
    // One rounding of the difference to F32, of norms that are not much larger than their changes.
    try expectSame(
      try fuse([request(one.path)], base), try fuse([request(folder)], base), base: base,
      within: 1e-5)
    #expect(throws: TransformError.self) {
      try merge([request(folder)], base: base) { $0.basePath = nil }
    }
  }
}
