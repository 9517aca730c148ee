import Testing
import WeftFormats
import WeftTensors

@Suite("Networks that look at pictures")
struct ImagePromptTests {
  @Test(
    "image encoders are known in the layouts of transformers and OpenCLIP",
    arguments: [
      ("sd15", "diffusers", 32), ("sd15", "ldm", 32), ("sdxl", "diffusers", 48),
      ("sdxl", "ldm", 48),
    ])
  func encoders(id: String, layout: String, layers: Int) throws {
    let recognition = try library.get().recognize(
      try model(id, layout: layout, only: "image_encoder"))
    #expect(recognition.kind == .clipVision && recognition.architecture?.id == id)
    #expect(recognition.dimensions["image_encoder"]?["layers"] == .integer(layers))
    #expect(recognition.missing == [] && recognition.mismatches == [])
    #expect(!recognition.bindings.contains(.unknown))
  }

  @Test("a file of both of CLIP's encoders is bound to both, with all names of either")
  func both() throws {
    let tensors =
      try model("sd15", layout: "diffusers", only: "image_encoder")
      + model("sd15", layout: "diffusers", only: "text_encoder")
      + [
        tensor("visual_projection.weight", [768, 1280]), tensor("logit_scale", []),
        tensor("text_projection.weight", [768, 768]),
      ]
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == .clipVision)
    #expect(Set(recognition.dimensions.keys) == ["image_encoder", "text_encoder"])
    #expect(recognition.mismatches == [] && !recognition.bindings.contains(.unknown))
  }

  @Test(
    "IP-Adapters are known by their layers and the features of a token",
    arguments: ["sd15", "sdxl"], ["ip_adapter", "ip_adapter_plus"])
  func adapters(id: String, component: String) throws {
    for context in [nil, 64] {
      let overrides = context.map { [component: ["context": Dimension.integer($0)]] } ?? [:]
      let recognition = try library.get().recognize(
        try model(id, layout: "ldm", overrides: overrides, only: component))
      #expect(recognition.kind == .ipAdapter && recognition.architecture?.id == id)
      #expect(Set(recognition.dimensions.keys) == [component])
      #expect(recognition.missing == [] && recognition.mismatches == [])
      #expect(!recognition.bindings.contains(.unknown))
    }
  }

  @Test("keys and values of a plus adapter's layers are halves of one tensor")
  func halves() throws {
    let tensors = try model("sd15", layout: "ldm", only: "ip_adapter_plus")
    let name = "image_proj.layers.2.0.to_kv.weight"
    let place = try #require(tensors.firstIndex { $0.name == name })
    #expect(tensors[place].shape == [2 * 768, 768])
    let binding = try library.get().recognize(tensors).bindings[place]
    guard case .model(let slices) = binding else {
      Issue.record("\(name) is not bound")
      return
    }
    #expect(
      slices.map(\.name.path) == [
        "image_proj.layers.2.attn.to_k.weight", "image_proj.layers.2.attn.to_v.weight",
      ])
  }
}
