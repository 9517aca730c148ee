import Testing
import WeftFormats
import WeftTensors

@Suite("Arrangement")
struct ArrangementTests {
  static func arrange(
    _ id: String, _ layout: String, dropping: (String) -> Bool = { _ in false }
  ) throws -> Arrangement {
    let architecture = try #require(try library.get().architecture(id))
    let canonical = try architecture.expanded().map { ($0.name, $0.shape) }
      .filter { !dropping($0.0.description) }
    return try architecture.arrange(canonical, layout: layout)
  }

  @Test("the positions of CLIP-L are generated for a single file")
  func positions() throws {
    let tensors = try Self.arrange("sd15", "ldm").tensors.filter { $0.reason != nil }
    #expect(
      tensors.map(\.name) == ["cond_stage_model.transformer.text_model.embeddings.position_ids"])
    #expect(tensors.first?.content == .range && tensors.first?.shape == [1, 77])
  }

  @Test("an SD2 folder leaves out the last layer and the projection")
  func omitted() throws {
    let arrangement = try Self.arrange("sd2", "diffusers")
    #expect(arrangement.omitted.count == 17)
    #expect(!arrangement.tensors.contains { $0.name.contains("layers.23.") })
  }

  @Test("what an encoder of 23 layers lacks is made up for a single file, with a reason")
  func filled() throws {
    let arrangement = try Self.arrange("sd2", "ldm") {
      $0.contains("layers.23.") || $0.contains("text_projection")
    }
    let made = arrangement.tensors.filter { $0.reason != nil }
    #expect(made.count == 12 + 2)
    let packed = try #require(made.first { $0.name.hasSuffix("23.attn.in_proj_weight") })
    guard case .slices(let slices) = packed.content else {
      Issue.record("\(packed.content)")
      return
    }
    let attention = "text_model.encoder.layers.22.self_attn"
    #expect(slices.map(\.name.path) == ["q", "k", "v"].map { "\(attention).\($0)_proj.weight" })
    #expect(packed.shape == [3072, 1024])
    let scale = made.first { $0.name == "cond_stage_model.model.logit_scale" }
    #expect(scale?.content == .fill(4.6052) && scale?.shape == [])
    let projection = made.first { $0.name == "cond_stage_model.model.text_projection" }
    #expect(projection?.content == .fill(1) && projection?.shape == [1024, 1024])
    #expect(arrangement.tensors.count == 686 + 248 + 294)
  }

  @Test(
    "the projection of OpenCLIP is the transpose of the linear layer's weight, read and written",
    arguments: [("sd2", "text_encoder"), ("sdxl", "text_encoder_2")])
  func projection(id: String, component: String) throws {
    let name = CanonicalName(component: component, path: "text_projection.weight")
    let tensors = try Self.arrange(id, "ldm").tensors
    let written = try #require(tensors.first { $0.name.hasSuffix("text_projection") })
    let read = try library.get().recognize(tensors.map { tensor($0.name, $0.shape) })
    let binding = zip(tensors, read.bindings).first { $0.0.name == written.name }?.1
    let slice = CanonicalSlice(name: name, shape: written.shape, step: .transpose)
    #expect(written.content == .slices([slice]) && binding == .model([slice]))
  }

  @Test("a whole model's ControlNet has its own prefix, and one alone has the published one")
  func controlNetPrefix() throws {
    let architecture = try #require(try library.get().architecture("sd15"))
    let canonical = try architecture.expanded(only: "controlnet").map { ($0.name, $0.shape) }
    for (layout, isAlone, prefix) in [
      ("ldm", false, "control_model."), ("ldm", true, "control_model."),
      ("diffusers", false, "controlnet/"),
    ] {
      let tensors = try architecture.arrange(canonical, layout: layout, alone: isAlone).tensors
      #expect(tensors.allSatisfy { $0.name.hasPrefix(prefix) })
    }
    let alone = try architecture.arrange(canonical, layout: "diffusers", alone: true).tensors
    #expect(alone.contains { $0.name == "controlnet_mid_block.weight" })
  }

  @Test("a packed tensor without one of its parts is refused")
  func incomplete() {
    #expect(throws: FormatError.self) {
      try Self.arrange("sdxl", "ldm") {
        $0 == "text_encoder_2/text_model.encoder.layers.3.self_attn.k_proj.weight"
      }
    }
  }

  @Test("tensors of other models are refused")
  func strangers() throws {
    let architecture = try #require(try library.get().architecture("sd15"))
    for name in [("unet", "strange.weight"), ("text_encoder_2", "text_projection.weight")] {
      let tensor = CanonicalName(component: name.0, path: name.1)
      #expect(throws: FormatError.self) { try architecture.arrange([(tensor, [1])], layout: "ldm") }
    }
  }
}
