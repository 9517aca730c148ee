import Testing
import WeftFormats
import WeftTensors

@Suite("AliasTable")
struct AliasTableTests {
  static let ids = architectureIDs

  private static let tables = Result {
    let library = try library.get()
    return try Dictionary(
      uniqueKeysWithValues: library.architectures.map {
        ($0.id, try AliasTable(for: $0, library: library))
      })
  }

  static func table(_ id: String) throws -> AliasTable { try #require(tables.get()[id]) }

  @Test(
    "every alias of every module resolves to that module, or is known to be ambiguous",
    arguments: ids)
  func everyAlias(id: String) throws {
    let table = try Self.table(id)
    var spelled: Set<CanonicalModule> = []
    for (alias, scheme, modules) in table.all {
      switch table.resolve(alias) {
      case .module(let module, let schemes):
        if modules != [module] || !schemes.contains(scheme) { Issue.record("\(alias): \(module)") }
        spelled.insert(module)
      case .ambiguous(let several):
        // Only names without a component are the same in both encoders of SDXL.
        if !id.hasPrefix("sdxl")
          || Set(several.map(\.component)) != ["text_encoder", "text_encoder_2"]
        {
          Issue.record("\(alias): \(several)")
        }
      case .unknown: Issue.record("\(alias) is unknown")
      }
    }
    #expect(spelled.isSuperset(of: table.modules.filter { $0.component != "vae" }))
  }

  @Test(
    "each scheme's spelling finds its module",
    arguments: [
      (
        "sd15", "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q",
        "unet/down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", "kohya"
      ),
      (
        "sdxl", "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q",
        "unet/down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q", "sgm"
      ),
      (
        "sd15", "lora_te_text_model_encoder_layers_0_self_attn_q_proj",
        "text_encoder/text_model.encoder.layers.0.self_attn.q_proj", "kohya"
      ),
      (
        "sdxl-refiner", "lora_te_text_model_encoder_layers_0_self_attn_q_proj",
        "text_encoder_2/text_model.encoder.layers.0.self_attn.q_proj", "kohya"
      ),
      (
        "sdxl", "lora_te1_text_model_encoder_layers_11_mlp_fc1",
        "text_encoder/text_model.encoder.layers.11.mlp.fc1", "kohya"
      ),
      (
        "sdxl", "lora_te2_text_model_encoder_layers_31_mlp_fc2",
        "text_encoder_2/text_model.encoder.layers.31.mlp.fc2", "kohya"
      ),
      ("sdxl", "lora_te2_text_projection", "text_encoder_2/text_projection", "kohya"),
      ("sdxl", "lora_unet_label_emb_0_0", "unet/add_embedding.linear_1", "sgm"),
      ("sdxl", "lora_unet_out_2", "unet/conv_out", "sgm"),
      ("sdxl", "lora_unet_time_embed_2", "unet/time_embedding.linear_2", "sgm"),
      (
        "sdxl", "lycoris_mid_block_attentions_0_proj_in", "unet/mid_block.attentions.0.proj_in",
        "lycoris"
      ),
      (
        "sd15", "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0",
        "unet/mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0", "diffusers"
      ),
      (
        "sd15", "text_encoder.text_model.encoder.layers.3.self_attn.v_proj",
        "text_encoder/text_model.encoder.layers.3.self_attn.v_proj", "diffusers"
      ),
      (
        "sd15", "text_encoder.text_model.encoder.layers.3.self_attn.to_v",
        "text_encoder/text_model.encoder.layers.3.self_attn.v_proj", "diffusers-processor"
      ),
      (
        "sdxl", "text_encoder_2.text_model.encoder.layers.3.self_attn.v_proj",
        "text_encoder_2/text_model.encoder.layers.3.self_attn.v_proj", "diffusers"
      ),
      (
        "sd15", "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out",
        "unet/mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0", "diffusers-processor"
      ),
      (
        "sd15", "mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_k",
        "unet/mid_block.attentions.0.transformer_blocks.0.attn1.to_k", "diffusers-processor"
      ),
      (
        "sd15", "base_model.model.mid_block.attentions.0.proj_out",
        "unet/mid_block.attentions.0.proj_out", "peft"
      ),
      (
        "sd15", "diffusion_model.middle_block.1.proj_out", "unet/mid_block.attentions.0.proj_out",
        "comfyui"
      ),
      ("sd15", "model.diffusion_model.out.2", "unet/conv_out", "comfyui"),
      (
        "sdxl", "text_encoders.clip_l.transformer.text_model.encoder.layers.0.mlp.fc1",
        "text_encoder/text_model.encoder.layers.0.mlp.fc1", "comfyui"
      ),
      (
        "sd15", "unet:17", "unet/down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_out.0",
        "cloneofsimo"
      ),
      (
        "sd15", "unet:135", "unet/mid_block.attentions.0.transformer_blocks.0.attn1.to_q",
        "cloneofsimo"
      ),
      (
        "sd15", "text_encoder:4", "text_encoder/text_model.encoder.layers.1.self_attn.k_proj",
        "cloneofsimo"
      ),
      ("sd15", "down_blocks.0.resnets.0.norm1", "unet/down_blocks.0.resnets.0.norm1", "bare"),
      ("sd15", "lora_unet_output_blocks_2_1_conv", "unet/up_blocks.0.upsamplers.0.conv", "sgm"),
      ("sdxl", "lora_unet_output_blocks_2_2_conv", "unet/up_blocks.0.upsamplers.0.conv", "sgm"),
      (
        "sd15", "lora_unet_up_blocks_0_upsamplers_0_conv", "unet/up_blocks.0.upsamplers.0.conv",
        "kohya"
      ),
      (
        "sdxl", "lora_unet_up_blocks_0_upsamplers_0_conv", "unet/up_blocks.0.upsamplers.0.conv",
        "kohya"
      ),
      (
        "sdxl", "unet.input_blocks.4.1.transformer_blocks.0.attn1.to_q",
        "unet/down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q", "onetrainer"
      ),
      ("sdxl", "unet.label_emb.0.2", "unet/add_embedding.linear_2", "onetrainer"),
      ("sdxl", "clip_g.text_projection", "text_encoder_2/text_projection", "onetrainer"),
      (
        "sd15", "clip_l.text_model.encoder.layers.0.mlp.fc1",
        "text_encoder/text_model.encoder.layers.0.mlp.fc1", "onetrainer"
      ),
      ("sd15", "unet.output_blocks.2.2.conv", "unet/up_blocks.0.upsamplers.0.conv", "onetrainer"),
      ("sd15", "unet.output_blocks.2.1.conv", "unet/up_blocks.0.upsamplers.0.conv", "onetrainer"),
      ("sdxl", "unet.output_blocks.2.2.conv", "unet/up_blocks.0.upsamplers.0.conv", "onetrainer"),
      (
        "sdxl", "lora_unet_time_embedding_linear_1", "unet/time_embedding.linear_1", "kohya"
      ),
      ("sdxl", "lora_unet_add_embedding_linear_1", "unet/add_embedding.linear_1", "kohya"),
      ("sdxl", "lora_unet_conv_in", "unet/conv_in", "kohya"),
      ("sdxl", "lora_unet_input_blocks_0_0", "unet/conv_in", "sgm"),
      ("sdxl", "lora_unet_conv_out", "unet/conv_out", "kohya"),
      (
        "sdxl", "text_encoder/base_model.model.text_model.encoder.layers.0.mlp.fc1",
        "text_encoder/text_model.encoder.layers.0.mlp.fc1", "peft"
      ),
      (
        "sdxl", "text_encoder_2.base_model.model.encoder.layers.0.mlp.fc1",
        "text_encoder_2/text_model.encoder.layers.0.mlp.fc1", "peft"
      ),
      (
        "sd15", "lycoris_text_model_encoder_layers_0_mlp_fc1",
        "text_encoder/text_model.encoder.layers.0.mlp.fc1", "lycoris"
      ),
    ])
  func spellings(id: String, stem: String, module: String, scheme: String) throws {
    guard case .module(let found, let schemes) = try Self.table(id).resolve(stem) else {
      Issue.record("\(stem) is \(try Self.table(id).resolve(stem))")
      return
    }
    #expect(found.description == module)
    #expect(schemes.contains(scheme))
  }

  /// How schemes spell a module of a real model, from its name in a file and its path in diffusers.
  private static func spellings(file: String, path: String) -> [String] {
    let underscored = path.replacing(".", with: "_")
    return [
      "lora_unet_" + underscored, "lora_unet_" + file.replacing(".", with: "_"),
      "lycoris_" + underscored, "lycoris_" + file.replacing(".", with: "_"),
      "oft_unet_" + underscored, "unet." + path, "unet." + file, "diffusion_model." + file,
      "model.diffusion_model." + file, "base_model.model." + path,
      "unet/base_model.model." + path, "unet.base_model.model." + path, "lora_unet." + path, path,
      file,
    ]
  }

  @Test(
    "every spelling of every module of the real UNets finds the module",
    arguments: [
      ("sd15", "sd15.unet"), ("sd2", "sd21.unet"), ("sdxl", "sdxl.unet"),
      ("sdxl-refiner", "sdxl_refiner.unet"),
    ])
  func goldens(id: String, golden: String) throws {
    let table = try Self.table(id)
    let rows = try #require(try Goldens.shared.get().rows[golden])
    for row in rows where row.path.hasSuffix(".weight") {
      let module = CanonicalName(component: "unet", path: row.path).module
      let file = String(row.layout.dropLast(".weight".count))
      for spelling in Self.spellings(file: file, path: module.path) {
        guard case .module(let found, _) = table.resolve(spelling), found == module else {
          Issue.record("\(spelling) is \(table.resolve(spelling))")
          continue
        }
      }
    }
  }

  @Test(
    "every spelling of every module of the real text encoders finds the module",
    arguments: [
      ("sd15", "text_encoder", "clip_l", ["lora_te_", "lora_te1_"], ["clip_l.", "text_encoder."]),
      ("sd2", "text_encoder", "openclip_h", ["lora_te_"], ["text_encoders.clip_h.transformer."]),
      (
        "sdxl", "text_encoder", "clip_l", ["lora_te1_"],
        ["clip_l.", "text_encoder/base_model.model."]
      ),
      ("sdxl", "text_encoder_2", "openclip_bigg", ["lora_te2_"], ["clip_g.", "text_encoder_2."]),
      ("sdxl-refiner", "text_encoder_2", "openclip_bigg", ["lora_te_", "lora_te2_"], ["clip_g."]),
    ])
  func goldenEncoders(
    id: String, component: String, golden: String, underscored: [String], dotted: [String]
  ) throws {
    let table = try Self.table(id)
    let rows = try #require(try Goldens.shared.get().rows[golden])
    for row in rows where row.path.hasSuffix(".weight") {
      let module = CanonicalName(component: component, path: row.path).module
      // The last layer of SD2's encoder is left out in the diffusers layout, and is no module here.
      guard table.modules.contains(module) else { continue }
      let spellings =
        underscored.map { $0 + module.path.replacing(".", with: "_") }
        + dotted.map { $0 + module.path }
      for spelling in spellings {
        guard case .module(let found, _) = table.resolve(spelling), found == module else {
          Issue.record("\(spelling) is \(table.resolve(spelling))")
          continue
        }
      }
    }
    #expect(rows.count { $0.path.hasSuffix("q_proj.weight") } >= 12)
  }

  @Test(
    "what a model does not have is unknown",
    arguments: [
      ("sdxl", "lora_unet_output_blocks_2_1_conv"), ("sd15", "lora_unet_output_blocks_2_2_conv"),
      ("sd15", "lora_te2_text_model_encoder_layers_0_mlp_fc1"), ("sd15", "unet:144"), ("sd15", ""),
    ])
  func unknown(id: String, stem: String) throws {
    #expect(try Self.table(id).resolve(stem) == .unknown)
  }

  @Test("an encoder's name without its component is ambiguous in SDXL")
  func ambiguous() throws {
    let stem = "base_model.model.text_model.encoder.layers.0.mlp.fc1"
    guard case .ambiguous(let modules) = try Self.table("sdxl").resolve(stem) else {
      Issue.record("it is not")
      return
    }
    #expect(modules.map(\.component) == ["text_encoder", "text_encoder_2"])
  }

  @Test("a misspelled stem has a suggestion, and a senseless one has none")
  func nearest() throws {
    let table = try Self.table("sd15")
    #expect(
      table.nearest(to: "lora_unet_mid_block_attentions_0_proj_inn")
        == "lora_unet_mid_block_attentions_0_proj_in")
    #expect(table.nearest(to: "lora_unet_x") == nil)
    #expect(table.nearest(to: "nothing") == nil)
  }

  @Test("a list of modules by their place is read only when it is complete")
  func lists() throws {
    let table = try Self.table("sd15")
    #expect(table.incompleteList((0..<144).map { "unet:\($0)" }) == nil)
    #expect(try #require(table.incompleteList(["unet:0", "unet:1"])).contains("144"))
    #expect(table.incompleteList(["lora_unet_conv_in"]) == nil)
  }
}
