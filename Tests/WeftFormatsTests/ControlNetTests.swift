import Testing
import WeftFormats
import WeftTensors

@Suite("ControlNets")
struct ControlNetTests {
  static let bases = ["sd15", "sd2", "sdxl"]

  /// A ControlNet as files have it: with the prefix of the layout, or bare.
  static func controlNet(
    _ base: String, layout: String, isBare: Bool, overrides: [String: Dimensions] = [:]
  ) throws -> [TensorInfo] {
    try model(base, layout: layout, overrides: overrides, only: "controlnet").map { info in
      let name = isBare ? info.name.replacing("control_model.", with: "") : info.name
      return tensor(name, info.shape)
    }
  }

  @Test(
    "a ControlNet is known by its base, in both layouts, with and without the prefix, at any size",
    arguments: bases, [("ldm", false), ("ldm", true), ("diffusers", true)])
  func recognised(base: String, form: (layout: String, isBare: Bool)) throws {
    for overrides in [[:], try small(base)] {
      let tensors = try Self.controlNet(
        base, layout: form.layout, isBare: form.isBare, overrides: overrides)
      let recognition = try library.get().recognize(tensors)
      #expect(recognition.kind == .controlnet && recognition.layout == form.layout)
      #expect(recognition.architecture?.id == base)
      #expect(recognition.candidates.allSatisfy { $0.hasPrefix(base) })
      #expect(recognition.isAlone == form.isBare)
      #expect(recognition.missing == [] && recognition.mismatches == [])
      #expect(!recognition.bindings.contains(.unknown))
      #expect(recognition.evidence.contains { $0.contains("only a ControlNet has") })
      #expect(recognition.evidence.contains { $0.contains("3 channels of the hint") })
    }
  }

  @Test("the evidence of a ControlNet names the base's number")
  func evidence() throws {
    let tensors = try Self.controlNet("sdxl", layout: "diffusers", isBare: true)
    #expect(
      try library.get().recognize(tensors).evidence.contains(
        "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight [640, 2048]: "
          + "2048 features a token: SDXL"))
  }

  @Test("a ControlNet is no part of a complete model", arguments: bases)
  func beside(base: String) throws {
    let architecture = try #require(try library.get().architecture(base))
    #expect(try !architecture.expanded().contains { $0.name.component == "controlnet" })
    #expect(try #require(architecture.component("controlnet")).isBeside)
  }

  @Test("a ControlNet in a whole checkpoint is told from the model's UNet")
  func inCheckpoint() throws {
    let tensors =
      try model("sd15", layout: "ldm")
      + Self.controlNet("sd15", layout: "ldm", isBare: false)
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == .checkpoint && recognition.architecture?.id == "sd15")
    #expect(recognition.missing == [] && !recognition.bindings.contains(.unknown))
    let components = recognition.bindings.flatMap { binding -> [String] in
      if case .model(let slices) = binding { slices.map(\.name.component) } else { [] }
    }
    #expect(components.count { $0 == "controlnet" } == 340)
    #expect(components.count { $0 == "unet" } == 686)
  }

  @Test("a ControlNet without attention fits no architecture, and is a ControlNet still")
  func withoutAttention() throws {
    let tensors = try Self.controlNet("sdxl", layout: "diffusers", isBare: true)
      .filter { !$0.name.contains("attentions") }
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == .controlnet && recognition.architecture == nil)
    #expect(try #require(recognition.title).contains("unknown base"))
  }
}
