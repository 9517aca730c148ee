import Testing
import WeftFormats
import WeftTensors

@Suite("Networks in files of their own")
struct StandaloneTests {
  @Test(
    "a UNet is known whatever its prefix, as SDXL's few-step models are published",
    arguments: architectureIDs, ["", "model.diffusion_model.", "diffusion_model."])
  func unets(id: String, prefix: String) throws {
    for overrides in [[:], try small(id)] {
      let bare = try model(id, layout: "ldm", overrides: overrides, only: "unet")
      let recognition = try library.get().recognize(
        bare.map { tensor(prefix + $0.name, $0.shape) })
      #expect(recognition.kind == .unet && recognition.layout == "ldm")
      #expect(recognition.architecture?.id == id && recognition.candidates == [id])
      #expect(recognition.missing == [] && !recognition.bindings.contains(.unknown))
    }
  }

  @Test("a UNet in the diffusers layout is known without a prefix", arguments: architectureIDs)
  func diffusersUNets(id: String) throws {
    let recognition = try library.get().recognize(
      try model(id, layout: "diffusers", only: "unet"))
    #expect(recognition.kind == .unet && recognition.layout == "diffusers")
    #expect(recognition.architecture?.id == id && recognition.isAlone)
    #expect(recognition.missing == [])
  }

  @Test(
    "a text encoder is known in every form, and all architectures that use it are told",
    arguments: [
      ("sd15", "text_encoder", "diffusers", ["sd15", "sdxl"]),
      ("sdxl", "text_encoder", "diffusers", ["sd15", "sdxl"]),
      ("sd2", "text_encoder", "diffusers", ["sd2"]),
      ("sd2", "text_encoder", "ldm", ["sd2"]),
      ("sdxl", "text_encoder_2", "diffusers", ["sdxl", "sdxl-refiner"]),
      ("sdxl", "text_encoder_2", "ldm", ["sdxl", "sdxl-refiner"]),
    ])
  func encoders(id: String, component: String, layout: String, bases: [String]) throws {
    let tensors = try model(id, layout: layout, only: component)
    let bare = tensors.map { tensor($0.name.replacing("text_model.", with: ""), $0.shape) }
    for tensors in [tensors, bare] {
      let recognition = try library.get().recognize(tensors)
      #expect(recognition.kind == .textEncoder && recognition.layout == layout)
      #expect(recognition.architecture?.id == bases.first)
      let users = try library.get().architectures
        .filter { bases.contains($0.id) || bases.contains($0.like ?? "") }.map(\.id)
      #expect(recognition.candidates == users)
      #expect(recognition.missing == [] && !recognition.bindings.contains(.unknown))
    }
  }

  @Test("the projection that files of CLIP-L alone often have is read")
  func projection() throws {
    let tensors =
      try model("sd15", layout: "diffusers", only: "text_encoder")
      + [tensor("text_projection.weight", [768, 768]), tensor("logit_scale", [])]
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.architecture?.id == "sd15" && !recognition.bindings.contains(.unknown))
    #expect(recognition.mismatches == [])
  }

  @Test(
    "an encoder of an unusual width is known by its layers",
    arguments: [
      ("sd15", "text_encoder", "diffusers", 12), ("sd2", "text_encoder", "diffusers", 23),
      ("sd2", "text_encoder", "ldm", 24), ("sdxl", "text_encoder_2", "diffusers", 32),
      ("sdxl", "text_encoder_2", "ldm", 32),
    ])
  func unusualWidths(id: String, component: String, layout: String, layers: Int) throws {
    let tensors = try model(
      id, layout: layout, overrides: [component: ["width": .integer(64)]], only: component)
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.architecture?.id == id && recognition.kind == .textEncoder)
    #expect(recognition.dimensions[component]?["layers"] == .integer(layers))
    #expect(recognition.missing == [] && recognition.mismatches == [])
    #expect(recognition.evidence.contains { $0.contains("layers or more") })
  }

  @Test("an encoder of few layers and an unusual width may be of every architecture")
  func undecided() throws {
    let overrides: [String: Dimensions] = [
      "text_encoder": ["width": .integer(32), "layers": .integer(5)]
    ]
    let recognition = try library.get().recognize(
      try model("sd15", layout: "diffusers", overrides: overrides, only: "text_encoder"))
    #expect(recognition.kind == .textEncoder)
    #expect(recognition.candidates == architectureIDs)
  }

  @Test(
    "a VAE is known with and without a prefix, by old names too",
    arguments: [
      ("ldm", "first_stage_model."), ("ldm", "vae."), ("ldm", ""), ("diffusers", ""),
      ("diffusers", "vae/"),
    ])
  func vaes(layout: String, prefix: String) throws {
    let old = ["to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"]
    let tensors = try model("sd15", layout: layout, only: "vae")
    let renamed = tensors.map { info in
      let name = old.reduce(info.name) { $0.replacing(".\($1.key).", with: ".\($1.value).") }
      return tensor(name, info.shape)
    }
    for tensors in [tensors, renamed] {
      let recognition = try library.get().recognize(
        tensors.map { tensor(prefix + $0.name, $0.shape) } + [tensor("loss.logvar", [])])
      #expect(recognition.kind == .vae && recognition.layout == layout)
      #expect(recognition.candidates == architectureIDs)
      #expect(recognition.missing == [] && !recognition.bindings.contains(.unknown))
      #expect(recognition.bindings.last != .unknown)
    }
  }
}
