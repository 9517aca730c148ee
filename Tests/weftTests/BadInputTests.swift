import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("weft refuses bad input in one line and writes nothing")
struct BadInputTests {
  let folder: Folder
  let stem = "lora_unet_down_blocks_0_downsamplers_0_conv"

  init() throws { folder = try Folder() }

  /// Expects a refusal with an exit code and words, and no output.
  private func expectRefusal(
    _ arguments: [String], status: Int32, words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = folder.path("out.safetensors")
    let result = try Tool.run(arguments + ["-o", output, "--no-sync"])
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
    }
    #expect(!Paths.exists(output), sourceLocation: sourceLocation)
    #expect(!folder.names.contains { $0.hasPrefix(".") }, sourceLocation: sourceLocation)
  }

  private func fuse(_ adapter: String) throws -> [String] {
    try ["fuse", DemoFiles.base, "--adapter", adapter]
  }

  private func write(_ tensors: [SmallFiles.Tensor]) throws -> String {
    let path = folder.path("adapter ä.safetensors")
    try SmallFiles.write(tensors, to: path)
    return path
  }

  @Test("an adapter of which nothing matches")
  func nothingMatches() throws {
    let path = try write(
      SmallFiles.kohyaPair("lora_unet_nowhere_to_go", rows: 4, rank: 2, columns: [4]))
    try expectRefusal(fuse(path), status: 2, words: ["3 of 3", "lora_unet_nowhere_to_go"])
    try expectRefusal(
      fuse(path) + ["--allow-unmatched", "*"], status: 2, words: ["no tensor"])
  }

  @Test("an adapter of which only part matches, unless that is allowed by name")
  func partMatches() throws {
    let path = try write(
      SmallFiles.kohyaPair(stem, rows: 32, rank: 2, columns: [32, 3, 3])
        + SmallFiles.kohyaPair("lora_te_typo", rows: 4, rank: 2, columns: [4]))
    try expectRefusal(fuse(path), status: 2, words: ["3 of 6", "--allow-unmatched"])
    let output = folder.path("allowed.safetensors")
    let allowed = try Tool.run(
      fuse(path) + ["-o", output, "--allow-unmatched", "lora_te_typo*", "--json"])
    #expect(allowed.status == 0, "\(allowed.errors)")
    let adapters = try allowed.json()["adapters"] as? [[String: Any]]
    #expect((adapters?.first?["unmatched"] as? [String])?.count == 3)
  }

  @Test("an adapter of another shape, with both shapes")
  func wrongShape() throws {
    let path = try write(SmallFiles.kohyaPair(stem, rows: 320, rank: 2, columns: [320, 3, 3]))
    try expectRefusal(fuse(path), status: 2, words: ["[320, 320, 3, 3]", "[32, 32, 3, 3]"])
  }

  @Test("a LoRA for SDXL on SD1.5")
  func wrongArchitecture() throws {
    let stems = [
      "lora_unet_input_blocks_7_1_transformer_blocks_9_attn1_to_q",
      "lora_te2_text_model_encoder_layers_31_mlp_fc1",
    ]
    let path = try write(
      stems.flatMap { SmallFiles.kohyaPair($0, rows: 8, rank: 2, columns: [8]) })
    try expectRefusal(fuse(path), status: 2, words: ["sdxl", "sd15"])
  }

  @Test("factors of different ranks")
  func mismatchedRanks() throws {
    let path = try write([
      .init("\(stem).lora_down.weight", [2, 32, 3, 3]),
      .init("\(stem).lora_up.weight", [32, 3, 1, 1]),
    ])
    try expectRefusal(fuse(path), status: 2, words: ["[32, 3, 1, 1]", "[2, 32, 3, 3]"])
  }

  @Test("half of a pair")
  func halfPair() throws {
    let path = try write([.init("\(stem).lora_down.weight", [2, 32, 3, 3])])
    try expectRefusal(fuse(path), status: 2, words: [stem])
  }

  @Test("an alpha of zero, until its meaning is chosen")
  func alphaZero() throws {
    let pair = SmallFiles.kohyaPair(stem, rows: 32, rank: 2, columns: [32, 3, 3], alpha: 0)
    let path = try write(pair)
    try expectRefusal(fuse(path), status: 2, words: ["--alpha-zero"])
    try expectRefusal(fuse(path) + ["--alpha-zero", "zero"], status: 2, words: ["unchanged"])
    let output = folder.path("rank.safetensors")
    #expect(
      try Tool.run(fuse(path) + ["--alpha-zero", "rank", "-o", output]).status == 0)
  }

  @Test("two different modules for one target")
  func duplicateTargets() throws {
    var second = SmallFiles.kohyaPair(
      "lora_unet_input_blocks_3_0_op", rows: 32, rank: 2, columns: [32, 3, 3])
    second[0] = .init(
      second[0].name, [2, 32, 3, 3], dtype: .f16, values: Array(repeating: 0.5, count: 576))
    let path = try write(
      SmallFiles.kohyaPair(stem, rows: 32, rank: 2, columns: [32, 3, 3]) + second)
    try expectRefusal(fuse(path), status: 2, words: ["two modules", "input_blocks_3_0_op"])
  }

  @Test(
    "NaN and infinite values in an adapter or the base", arguments: [Float.nan, .infinity])
  func nonFinite(value: Float) throws {
    var pair = SmallFiles.kohyaPair(stem, rows: 32, rank: 1, columns: [32, 3, 3])
    var values = pair[1].values
    values[5] = value
    pair[1] = .init(pair[1].name, [32, 1, 1, 1], dtype: .f16, values: values)
    try expectRefusal(fuse(write(pair)), status: 65, words: [pair[1].name])
    let alpha = [
      SmallFiles.Tensor("\(stem).alpha", [], values: [value])
    ]
    let finite = SmallFiles.kohyaPair(stem, rows: 32, rank: 1, columns: [32, 3, 3]).dropLast()
    try expectRefusal(fuse(write(finite + alpha)), status: 65, words: ["alpha"])
  }

  @Test("an overflow of the output's type, unless it is allowed")
  func overflow() throws {
    let pair = SmallFiles.kohyaPair(
      stem, rows: 32, rank: 1, columns: [32, 3, 3], alpha: 60000)
    let arguments = try fuse(write(pair) + ":100")
    try expectRefusal(
      arguments, status: 65,
      words: ["overflow", "model.diffusion_model.input_blocks.3.0.op.weight", "--dtype"])
    let output = folder.path("allowed.safetensors")
    let allowed = try Tool.run(arguments + ["-o", output, "--allow-non-finite", "--json"])
    #expect(allowed.status == 0)
    #expect((try allowed.json()["overflow"] as? Int ?? 0) > 0)
  }

  @Test("a ResAdapter's folder without one of its halves, with the way to fuse one on purpose")
  func missingHalf() throws {
    let lora = "pytorch_lora_weights.safetensors"
    let norm = "diffusion_pytorch_model.safetensors"
    for (kept, missing) in [(lora, norm), (norm, lora)] {
      let half = folder.path("only \(kept)")
      try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: DemoFiles.resAdapter + "/" + kept, toPath: half + "/" + kept)
      try expectRefusal(fuse(half), status: 66, words: [missing, "half"])
      let output = folder.path("half \(kept)")
      let alone = try Tool.run(fuse(half + "/" + kept) + ["-o", output, "--quiet"])
      #expect(alone.status == 0, "\(alone.errors)")
    }
  }

  @Test("a model where an adapter is meant, and the reverse")
  func wrongKinds() throws {
    try expectRefusal(fuse(DemoFiles.base), status: 2, words: ["not an adapter"])
    let lora = try DemoFiles.resAdapter + "/pytorch_lora_weights.safetensors"
    try expectRefusal(
      ["fuse", lora, "--adapter", lora], status: 2, words: ["not a model"])
  }

  @Test("every strength at zero")
  func unchanged() throws {
    let lora = try DemoFiles.resAdapter + "/pytorch_lora_weights.safetensors:0"
    try expectRefusal(fuse(lora), status: 2, words: ["unchanged"])
  }

  @Test("missing inputs, a directory and a truncated file")
  func inputs() throws {
    let base = try DemoFiles.base
    let resAdapter = try DemoFiles.resAdapter
    try expectRefusal(fuse(folder.path("nowhere")), status: 66, words: ["nowhere"])
    try expectRefusal(
      ["fuse", folder.path("gone.safetensors"), "--adapter", resAdapter], status: 66,
      words: ["gone.safetensors"])
    try expectRefusal(
      ["fuse", folder.url.path, "--adapter", resAdapter], status: 66, words: ["folder"])
    let short = folder.path("short.safetensors")
    let data = try Data(contentsOf: URL(fileURLWithPath: base), options: .alwaysMapped)
    try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: short))
    try expectRefusal(
      ["fuse", short, "--adapter", resAdapter], status: 65, words: ["bytes short"])
  }

  @Test("an alpha that is no number", arguments: [DType.bool, .c64])
  func oddAlpha(dtype: DType) throws {
    let pair = SmallFiles.kohyaPair(stem, rows: 32, rank: 1, columns: [32, 3, 3])
    let alpha = SmallFiles.Tensor("\(stem).alpha", [], dtype: dtype, values: [1])
    try expectRefusal(
      fuse(write(pair.dropLast() + [alpha])), status: 65, words: ["alpha", dtype.rawValue])
  }

  @Test("a report in the place of an input, of the output or of another file")
  func reportInTheWay() throws {
    let base = folder.path("base.safetensors")
    try FileManager.default.copyItem(atPath: DemoFiles.base, toPath: base)
    let other = folder.path("notes.txt")
    try Data("notes".utf8).write(to: URL(fileURLWithPath: other))
    let arguments = try ["fuse", base, "--adapter", DemoFiles.resAdapter]
    for report in [base, other, folder.path("out.safetensors"), folder.path("none/r.json")] {
      try expectRefusal(arguments + ["--report", report], status: 73, words: [report])
    }
    #expect(FileManager.default.contentsEqual(atPath: base, andPath: try DemoFiles.base))
  }

  @Test("a ResAdapter of which a half is not complete")
  func incompleteHalf() throws {
    let copy = folder.path("incomplete")
    try FileManager.default.copyItem(atPath: DemoFiles.resAdapter, toPath: copy)
    try SmallFiles.write(
      SmallFiles.kohyaPair(stem, rows: 32, rank: 2, columns: [32, 3, 3]),
      to: copy + "/pytorch_lora_weights.safetensors")
    try expectRefusal(fuse(copy), status: 2, words: ["1 of 6"])
  }

  @Test("NaN in a tensor of the base, replaced or not")
  func nonFiniteBase() throws {
    for name in ["in_layers.0.weight", "emb_layers.1.weight"] {
      let path = "model.diffusion_model.input_blocks.1.0.\(name)"
      let base = folder.path("nan.safetensors")
      var data = try Data(contentsOf: URL(fileURLWithPath: DemoFiles.base))
      let checkpoint = try Checkpoint.open(DemoFiles.base)
      let offset = try #require(checkpoint[path]).offset
      data.replaceSubrange(offset..<offset + 2, with: [0xFF, 0x7F])
      try data.write(to: URL(fileURLWithPath: base))
      try expectRefusal(
        ["fuse", base, "--adapter", DemoFiles.resAdapter], status: 65, words: [path])
    }
  }
}
