import Testing
import WeftFormats
import WeftTensors

@Suite("Recognition")
struct RecognitionTests {
  @Test(
    "a model is recognised whole, full-size and tiny, in both layouts",
    arguments: architectureIDs, ["ldm", "diffusers"])
  func wholeModels(id: String, layout: String) throws {
    for overrides in [[:], try small(id)] {
      let recognition = try library.get().recognize(
        try model(id, layout: layout, overrides: overrides))
      #expect(recognition.kind == .checkpoint)
      #expect(recognition.architecture?.id == id)
      #expect(recognition.layout == layout)
      #expect(recognition.candidates == [id])
      #expect(!recognition.bindings.contains(.unknown))
      #expect(!recognition.evidence.isEmpty)
    }
  }

  @Test(
    "a component alone is recognised without a prefix",
    arguments: [
      ("sd15", "ldm", "unet", ModelKind.unet), ("sd15", "diffusers", "unet", .unet),
      ("sd2", "diffusers", "unet", .unet), ("sdxl", "ldm", "unet", .unet),
      ("sdxl", "diffusers", "unet", .unet), ("sdxl-refiner", "ldm", "unet", .unet),
      ("sd15", "ldm", "vae", .vae), ("sd15", "diffusers", "vae", .vae),
      ("sd15", "diffusers", "text_encoder", .textEncoder),
      ("sd2", "ldm", "text_encoder", .textEncoder),
      ("sd2", "diffusers", "text_encoder", .textEncoder),
      ("sdxl", "ldm", "text_encoder_2", .textEncoder),
      ("sdxl", "diffusers", "text_encoder_2", .textEncoder),
    ] as [(String, String, String, ModelKind)])
  func components(id: String, layout: String, component: String, kind: ModelKind) throws {
    let tensors = try model(id, layout: layout, only: component)
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == kind && recognition.isAlone)
    #expect(recognition.architecture?.id == id && recognition.layout == layout)
    #expect(recognition.missing == [] && recognition.mismatches == [])
    for (tensor, binding) in zip(tensors, recognition.bindings) {
      switch binding {
      case .model(let slices): #expect(slices.allSatisfy { $0.name.component == component })
      case .auxiliary: continue
      default: Issue.record("\(tensor.name) is \(binding)")
      }
    }
  }

  @Test("the micro checkpoint of the goldens is a complete SD1")
  func micro() throws {
    let rows = try #require(try fixture("micro_sd15.json")["rows"]?.elements).map { row in
      let fields = (row.text ?? "").split(separator: "|")
      return tensor(
        String(fields[0]), fields.count > 2 ? shape(fields[2]) : [],
        DType(rawValue: String(fields[1])) ?? .f16)
    }
    let recognition = try library.get().recognize(rows)
    #expect(recognition.kind == .checkpoint && recognition.architecture?.id == "sd15")
    #expect(recognition.missing == [] && recognition.mismatches == [])
    #expect(!recognition.bindings.contains(.unknown))
    #expect(recognition.dimensions["unet"]?["context"] == .integer(32))
    #expect(recognition.dimensions["text_encoder"]?["layers"] == .integer(2))
    #expect(recognition.dimensions["vae"]?["layers"] == .integer(1))
  }

  @Test("the evidence names the tensor and the number that decided")
  func evidence() throws {
    let recognition = try library.get().recognize(try model("sd15", layout: "ldm"))
    #expect(
      recognition.evidence.contains(
        "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight [320, 768]: "
          + "768 features a token: SD1"))
  }

  @Test(
    "the channels of the input are told, whatever they are",
    arguments: [
      (4, "text to image"), (8, "instruct-pix2pix"), (9, "inpainting"), (5, "an unexpected number"),
    ])
  func channels(count: Int, words: String) throws {
    let recognition = try library.get().recognize(
      try model("sd15", layout: "ldm", overrides: ["unet": ["in_channels": .integer(count)]]))
    let ids = [8: "sd15-ip2p", 9: "sd15-inpaint"]
    #expect(recognition.architecture?.id == ids[count] ?? "sd15")
    #expect(recognition.evidence.contains { $0.contains(words) })
  }

  @Test(
    "tensors of a checkpoint that are no weights have a reason",
    arguments: [
      "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_recip_alphas_cumprod",
      "posterior_variance", "log_one_minus_alphas_cumprod", "model_ema.decay",
      "model_ema.diffusion_modelinput_blocks00weight", "v_pred", "ztsnr", "edm_mean",
      "edm_vpred.sigma_max", "global_step", "denoiser.sigmas",
      "cond_stage_model.transformer.text_model.embeddings.position_ids",
      "cond_stage_model.model.logit_scale", "cond_stage_model.model.attn_mask",
    ])
  func auxiliary(name: String) throws {
    var tensors = try model("sd15", layout: "ldm", overrides: tiny["sd15"] ?? [:])
      .filter { $0.name != name }
    tensors.append(tensor(name, [1]))
    guard case .auxiliary = try library.get().recognize(tensors).bindings.last else {
      Issue.record("\(name) has no reason")
      return
    }
  }

  @Test("a strange tensor is unknown and an absent one is missing")
  func strangeAndMissing() throws {
    var tensors = try model("sd15", layout: "ldm")
    let first = try #require(tensors.firstIndex { $0.name.hasSuffix("input_blocks.1.1.norm.bias") })
    tensors[first] = tensor("model.diffusion_model.input_blocks.1.1.nrom.bias", [320])
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.bindings[first] == .unknown)
    #expect(recognition.missing.map(\.path) == ["down_blocks.0.attentions.0.norm.bias"])
  }

  @Test("a tensor whose shape disagrees with the rest is told")
  func mismatch() throws {
    var tensors = try model("sd15", layout: "ldm")
    let at = try #require(tensors.firstIndex { $0.name.hasSuffix("output_blocks.5.2.conv.weight") })
    tensors[at] = tensor(tensors[at].name, [1280, 640, 3, 3])
    let mismatches = try library.get().recognize(tensors).mismatches
    #expect(mismatches.map(\.index) == [at])
    #expect(mismatches.first?.wanted == [1280, 1280, 3, 3])
  }

  @Test("old names of the encoder and the VAE's attention are read")
  func oldNames() throws {
    let encoder = try model("sd15", layout: "ldm").map {
      tensor($0.name.replacing("transformer.text_model.", with: "transformer."), $0.shape)
    }
    #expect(try library.get().recognize(encoder).missing == [])
    let old = ["to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"]
    let vae = try model("sd15", layout: "diffusers", only: "vae").map { info in
      let name = old.reduce(info.name) { $0.replacing(".\($1.key).", with: ".\($1.value).") }
      return tensor(name, info.shape)
    }
    #expect(vae.contains { $0.name.contains("proj_attn") })
    let recognition = try library.get().recognize(vae)
    #expect(recognition.missing == [] && !recognition.bindings.contains(.unknown))
  }

  @Test("projections of SD2 are read as convolutions, too")
  func convolutionProjections() throws {
    let tensors = try model("sd2", layout: "ldm").map { info in
      info.name.hasSuffix("proj_in.weight") || info.name.hasSuffix(".1.proj_out.weight")
        ? tensor(info.name, Shape(info.shape.dimensions + [1, 1])) : info
    }
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.architecture?.id == "sd2" && recognition.mismatches == [])
    let steps = recognition.bindings.flatMap { binding -> [SliceStep] in
      if case .model(let slices) = binding { slices.map(\.step) } else { [] }
    }
    #expect(steps.count { $0 == .squeeze1x1 } == 8 + 32)
  }

  @Test(
    "other things are told by their kind and in words",
    arguments: [
      (["control_model.time_embed.0.weight"], ModelKind.controlnet, "ControlNet"),
      (["conv_in.weight", "controlnet_cond_embedding.conv_in.weight"], .controlnet, "ControlNet"),
      (["lora_controlnet", "input_blocks.0.0.weight"], .controlnet, "Control-LoRA"),
      (["control_model.input_blocks.0.0.weight"], .controlnet, "unknown base"),
      (["input_hint_block.0.weight", "zero_convs.0.0.weight"], .controlnet, "unknown base"),
      (
        ["task_embedding", "control_add_embedding.linear_1.weight", "conv_in.weight"], .controlnet,
        "Union"
      ),
      (["lllite_unet_input_blocks_4_1.down.0.weight"], .controlnet, "LLLite"),
      (["image_proj.proj.0.weight", "ip_adapter.1.to_k_ip.weight"], .ipAdapter, "IP-Adapter"),
      (["emb_params"], .embedding, "textual inversion"),
      (["clip_l", "clip_g"], .embedding, "SDXL"), (["<cat-toy>"], .embedding, "textual inversion"),
      (["string_to_param.*"], .embedding, "textual inversion"),
      (["768.0.linear.0.weight", "768.1.linear.0.weight"], .unknown, "hypernetwork"),
      (["320.0.linear1.weight", "320.1.linear1.weight"], .unknown, "hypernetwork"),
      (["ip_adapter.1.to_k_ip.weight"], .ipAdapter, "IP-Adapter"),
      (
        ["down_blocks.0.attentions.0.attn1.processor.to_k_custom_diffusion.weight"], .unknown,
        "Custom Diffusion"
      ),
      (
        ["down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"], .unknown,
        "motion module"
      ),
      (["double_blocks.0.img_attn.norm.key_norm.scale", "single_blocks.0.x"], .unknown, "Flux"),
    ] as [([String], ModelKind, String)])
  func others(names: [String], kind: ModelKind, words: String) throws {
    let recognition = try library.get().recognize(names.map { tensor($0, [2, 4]) })
    #expect(recognition.kind == kind)
    #expect(try #require(recognition.title).contains(words))
    #expect(recognition.belongs?.isEmpty == false)
  }

  @Test("a token's vector beside modules leaves an adapter an adapter")
  func tokenBesideModules() throws {
    let names = ["<s1>", "unet:0:up", "unet:0:down"]
    let recognition = try library.get().recognize(names.map { tensor($0, [4, 4]) })
    #expect(recognition.kind == .adapter)
  }

  @Test(
    "adapters of models that are not known are told by their spelling",
    arguments: [
      ("lora_unet_double_blocks_0_img_attn_proj", "Flux"),
      ("lora_unet_joint_blocks_0_context_block_attn_proj", "Stable Diffusion 3"),
      ("transformer.transformer_blocks.0.attn.to_q", "transformer"),
      ("lora_prior_unet_down_blocks_0", "Cascade"), ("diffusion_model.blocks.0.ffn.0", "video"),
    ])
  func strangers(stem: String, word: String) throws {
    let recognition = try library.get().recognize([
      tensor("\(stem).lora_A.weight", [4, 8]), tensor("\(stem).lora_B.weight", [8, 4]),
    ])
    #expect(recognition.kind == .adapter && recognition.architecture == nil)
    #expect(recognition.evidence.contains { $0.contains(word) })
  }

  @Test("names that mean nothing are unknown, and nothing is unknown of nothing")
  func unknown() throws {
    let recognition = try library.get().recognize([tensor("a.weight", [2]), tensor("b", [])])
    #expect(recognition.kind == .unknown && recognition.architecture == nil)
    #expect(recognition.bindings == [.unknown, .unknown])
    #expect(try library.get().recognize([]).kind == .unknown)
  }

  @Test(
    "(IA)^3 is an adapter, though its numbers are called as the model's weights are",
    arguments: ["sd15", "sdxl"], ["ldm", "diffusers"])
  func scalingAdapters(id: String, layout: String) throws {
    let weights = try model(id, layout: layout, only: "unet").filter {
      $0.name.hasSuffix(".weight") && $0.shape.rank > 1
    }
    let adapter = weights.flatMap { weight in
      [
        tensor(
          weight.name,
          weight.shape.rank == 2 ? [weight.shape.rowCount] : [1, weight.shape.rowCount, 1, 1]),
        tensor(weight.name.dropLast("weight".count) + "on_input", [], .i64),
      ]
    }
    let recognition = try library.get().recognize(adapter)
    #expect(recognition.kind == .adapter)
    #expect(recognition.architecture?.id == id, "\(recognition.evidence)")
    #expect(!recognition.bindings.contains(.unknown))
    #expect(try library.get().recognize(weights).kind == .unet)
  }
}
