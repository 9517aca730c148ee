import Testing
import WeftFormats
import WeftTensors

@Suite("AliasTable")
struct AliasTableTests {
  static let ids = ["sd15", "sd15-inpaint", "sd2", "sdxl", "sdxl-refiner"]

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
        if id != "sdxl" || Set(several.map(\.component)) != ["text_encoder", "text_encoder_2"] {
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
    ])
  func spellings(id: String, stem: String, module: String, scheme: String) throws {
    guard case .module(let found, let schemes) = try Self.table(id).resolve(stem) else {
      Issue.record("\(stem) is \(try Self.table(id).resolve(stem))")
      return
    }
    #expect(found.description == module)
    #expect(schemes.contains(scheme))
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
