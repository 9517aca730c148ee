import Testing
import WeftFiles
import WeftTensors
import WeftTransform

@Suite("What is said of adapters that do not fit")
struct AdapterDiagnosisTests {
  /// A pair of factors for a module of the small UNet that is 32 wide.
  private static func pair(_ stem: String) -> [(String, [Int], [Float])] {
    [
      ("\(stem).lora_down.weight", [2, 32], Workshop.values(64, seed: 1)),
      ("\(stem).lora_up.weight", [32, 2], Workshop.values(64, seed: 2)),
    ]
  }

  private static let fitting =
    "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"

  private func refusal(_ tensors: [(String, [Int], [Float])]) throws -> TransformError {
    let workshop = try Workshop()
    let recipe = FuseRecipe(
      basePath: try workshop.writeBase(.f32),
      adapters: [AdapterRequest(path: try workshop.writeAdapter(tensors))])
    return try #require(#expect(throws: TransformError.self) { try workshop.fuse(recipe) })
  }

  @Test(
    "one bad module beside a good one is named with what it is",
    arguments: [
      (
        "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_qq",
        "the nearest is lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
      ), ("lora_unet_double_blocks_0_img_attn_proj", "Flux"),
      (
        "lora_te_text_model_encoder_layers_0_mlp_fc1",
        "1 of its 2 modules are for the text_encoder, and this file has none"
      ), ("lora_te3_encoder_block_0", "T5"),
    ])
  func words(stem: String, words: String) throws {
    let error = try refusal(Self.pair(Self.fitting) + Self.pair(stem))
    #expect(error.status == .refused)
    #expect(error.what.contains("2 of 4 adapter tensors"), "\(error)")
    #expect(error.what.contains(words), "\(error)")
    #expect(error.place?.contains(stem) == true, "\(error)")
  }

  @Test("the advice has the pattern that leaves out what does not fit, and nothing else")
  func pattern() throws {
    let encoder = ["lora_te_text_model_encoder_layers_0_mlp_fc1", "lora_te_text_model_other"]
    let several = try refusal(([Self.fitting] + encoder).flatMap(Self.pair))
    #expect(several.advice.contains("--allow-unmatched 'lora_te_text_model_*'"), "\(several)")
    let near = try refusal((Self.pair(Self.fitting) + Self.pair(Self.fitting + "_2")))
    #expect(near.advice.contains("--allow-unmatched '\(Self.fitting)_2.lora_*'"), "\(near)")
    let apart = try refusal(([Self.fitting, "lora_te_x", "lora_unet_x"]).flatMap(Self.pair))
    #expect(apart.advice.hasSuffix("--allow-unmatched GLOB"), "\(apart)")
  }

  @Test("an adapter for another architecture is told with both numbers")
  func otherArchitecture() throws {
    let stems = (0..<3).map {
      "lora_unet_input_blocks_7_1_transformer_blocks_\($0 + 4)_attn1_to_q"
    }
    let error = try refusal((stems + [Self.fitting]).flatMap(Self.pair))
    #expect(
      error.what.contains("3 of its 4 modules fit sdxl, and 1 fit the model, which is sd15"),
      "\(error)")
  }

  @Test("half of a pair is named by the half that is missing")
  func half() throws {
    let error = try refusal(Self.pair(Self.fitting) + Self.pair("lora_unet_conv_in").dropLast())
    #expect(error.status == .refused)
    #expect(error.what.contains("lora_unet_conv_in.lora_up.weight is missing"), "\(error)")
  }

  @Test("factors whose ranks differ are refused with both shapes")
  func ranks() throws {
    var pair = Self.pair(Self.fitting)
    pair[1] = (pair[1].0, [32, 3], Workshop.values(96, seed: 2))
    let error = try refusal(pair)
    #expect(error.what.contains("[32, 3]") && error.what.contains("[2, 32]"), "\(error)")
  }

  @Test("two spellings of one module are refused unless they are equal")
  func twoSpellings() throws {
    let other = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q"
    var second = Self.pair(other)
    second[0].2[0] += 1
    let error = try refusal(Self.pair(Self.fitting) + second)
    #expect(error.what.contains("two modules change unet"), "\(error)")
    let workshop = try Workshop()
    let adapter = try workshop.writeAdapter(Self.pair(Self.fitting) + Self.pair(other))
    let plan = try FusePlanner.plan(
      FuseRecipe(
        basePath: try workshop.writeBase(.f32), adapters: [AdapterRequest(path: adapter)]),
      library: workshop.library, threads: 1)
    #expect(plan.adapters.first?.applied.count == 2 && plan.adapters.first?.ignored.count == 2)
  }

  @Test("bundled embeddings are counted as left out, with the reason")
  func bundledEmbeddings() throws {
    let workshop = try Workshop()
    let adapter = try workshop.writeAdapter(
      Self.pair(Self.fitting) + [
        ("bundle_emb.cat.string_to_param.*", [2, 64], Workshop.values(128, seed: 3))
      ])
    let plan = try FusePlanner.plan(
      FuseRecipe(
        basePath: try workshop.writeBase(.f32), adapters: [AdapterRequest(path: adapter)]),
      library: workshop.library, threads: 1)
    let ignored = try #require(plan.adapters.first?.ignored)
    #expect(ignored.map(\.name) == ["bundle_emb.cat.string_to_param.*"])
    #expect(ignored.first?.reason.contains("embedding") == true)
  }

  @Test(
    "what is no adapter of weights is refused with its name and where it belongs",
    arguments: [
      (["768.0.linear.0.weight", "768.1.linear.0.weight"], "hypernetwork", "program"),
      (
        ["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"], "IP-Adapter", "beside the model"
      ),
      (["lllite_unet_input_blocks_4_1.down.0.weight"], "LLLite", "beside the model"),
      (["control_model.zero_convs.0.0.weight"], "ControlNet", "beside the model"),
      (["<cat-toy>"], "textual inversion", "embeddings"), (["emb_params"], "textual", "embeddings"),
      (["clip_l", "clip_g"], "textual inversion", "embeddings"),
    ])
  func foreign(names: [String], title: String, place: String) throws {
    let error = try refusal(names.map { ($0, [2, 4], Workshop.values(8, seed: 1)) })
    #expect(error.status == .refused)
    #expect(error.what.contains(title) && error.advice.contains(place), "\(error)")
  }
}
