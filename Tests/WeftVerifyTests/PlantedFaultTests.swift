import Testing
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

@Suite("Faults that running the networks must find")
struct PlantedFaultTests {
  private let fault: PlantedFault

  init() throws { fault = try PlantedFault() }

  @Test("two tensors of one shape in each other's place")
  func swappedTensors() throws {
    let (one, two) = (
      "down_blocks.1.resnets.0.conv2.weight", "down_blocks.1.resnets.1.conv2.weight"
    )
    func swapped(_ name: String, for other: String) -> (Shape) throws -> HashedFile.Tensor {
      { try HashedFile.Tensor(name, $0, .f32, tag: "sd15_unet", seed: other) }
    }
    let candidate = try fault.unet(
      "sd15", named: "swapped",
      changed: [one: swapped(one, for: two), two: swapped(two, for: one)])
    let found = try fault.compare(
      try fault.plain(candidate), try fault.plain(try fault.unet("sd15")))
    #expect(!found.outputsPass)
    #expect(found.firstDivergent?.path == "down_blocks.1.resnets.0.conv2")
  }

  @Test("norms of a ResAdapter that were not replaced")
  func normsNotReplaced() throws {
    let base = try fault.unet("sd15")
    let (lora, norm) = (PlantedFault.lora("sd15"), PlantedFault.norm("sd15"))
    let found = try fault.compare(
      try fault.adapted(base, [lora]), try fault.adapted(base, [lora, norm]))
    #expect(!found.outputsPass)
    #expect(found.firstDivergent?.path == "down_blocks.0.resnets.0.norm1")
  }

  @Test("a strength of twice what it should be", arguments: ["sd15", "sdxl"])
  func doubledScale(_ architecture: String) throws {
    let base = try fault.unet(architecture)
    let lora = PlantedFault.lora(architecture)
    let found = try fault.compare(
      try fault.adapted(base, ["\(lora):2"]), try fault.adapted(base, ["\(lora):1"]))
    #expect(!found.outputsPass)
    #expect(found.firstDivergent?.path == "down_blocks.0.downsamplers.0.conv")
  }

  @Test("an upsampler of SDXL that was passed over")
  func missingUpsampler() throws {
    let base = try fault.unet("sdxl")
    let partial = try fault.adapter("sdxl", without: "up_blocks_1_upsamplers")
    let found = try fault.compare(
      try fault.adapted(base, [partial]), try fault.adapted(base, [PlantedFault.lora("sdxl")]))
    #expect(!found.outputsPass)
    #expect(found.firstDivergent?.path == "up_blocks.1.upsamplers.0.conv")
  }

  @Test("a projection of texts in the other orientation")
  func transposedProjection() throws {
    let candidate = try fault.textEncoder(transposesProjection: true)
    let reference = try fault.textEncoder(transposesProjection: false)
    let found = try fault.compare(try fault.plain(candidate), try fault.plain(reference))
    #expect(found.outputs.filter { $0.worst > 0.1 }.map(\.path) == ["text_embeds"])
    #expect(found.firstDivergent?.path == "text_projection")
  }

  @Test("a weight that overflowed in 16 bits")
  func overflow() throws {
    let name = "mid_block.resnets.0.conv1.weight"
    let candidate = try fault.unet(
      "sd15", .f16, named: "overflowed",
      changed: [
        name: { shape in
          let count = shape.checkedElementCount ?? 0
          let infinite: [UInt8] = [0x00, 0x7C]
          return try HashedFile.Tensor(
            name, shape, .f16, bytes: infinite + [UInt8](repeating: 0, count: 2 * count - 2))
        }
      ])
    let found = try fault.compare(
      try fault.plain(candidate), try fault.plain(try fault.unet("sd15")))
    #expect(found.firstDivergent?.path == "mid_block.resnets.0.conv1")
    #expect(found.firstDivergent?.relativeL2 == .infinity)
  }

  @Test("a value that a narrower type cannot hold, at the level of weights, too")
  func overflowOfWeights() throws {
    let name = "conv_out.bias"
    let reference = try fault.unet(
      "sd15", named: "large",
      changed: [
        name: { shape in
          let values: [Float] = [1e5, 0, 0, 0]
          return try HashedFile.Tensor(
            name, shape, .f32,
            bytes: values.flatMap { value in
              (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
            })
        }
      ])
    let candidate = try fault.converted(reference, to: .f16)
    let proof = try ReferenceProof.prove(
      candidate, reference: reference, level: .weights, tolerance: nil, library: fault.library,
      threads: 1
    ) { _ in }
    #expect(!proof.passes)
    let details = proof.checks.filter { !$0.passes }.map(\.detail)
    #expect(details.contains { $0.contains("conv_out.bias (1 finite values became infinite)") })
  }

  @Test("a vision encoder and itself are the same")
  func visionEncoder() throws {
    let path = try fault.visionEncoder()
    let found = try fault.compare(try fault.plain(path), try fault.plain(path))
    #expect(found.name == "clip-vision" && found.outputsPass && found.firstDivergent == nil)
  }

  @Test("a first convolution that was quantised")
  func quantisedFirstConvolution() throws {
    let reference = try fault.unet("sd15")
    let path = try fault.quantized(
      reference, rule: QuantizationRecipe.Rule(pattern: "conv_in.weight", type: "fp8_e4m3"))
    let found = try fault.compare(try fault.plain(path), try fault.plain(reference))
    #expect(found.firstDivergent?.path == "conv_in")
    let proof = try ReferenceProof.prove(
      path, reference: reference, level: .forward, tolerance: nil, library: fault.library,
      threads: 1
    ) { _ in }
    let model = try BaseModel.openAnything(path, library: fault.library)
    let whole = proof.adding(
      ForwardReport(components: [found]),
      PrecisionCheck.check(model, library: fault.library).map { [$0] } ?? [])
    let failed = whole.checks.filter { !$0.passes }.map(\.detail)
    #expect(failed.contains { $0.contains("conv_in.weight is F8_E4M3") })
  }

  @Test("nothing in a model that is right", arguments: ["sd15", "sdxl"])
  func nothing(_ architecture: String) throws {
    let base = try fault.unet(architecture)
    let lora = PlantedFault.lora(architecture)
    let found = try fault.compare(
      try fault.adapted(base, [lora]), try fault.adapted(base, [lora]))
    #expect(found.outputsPass && found.firstDivergent == nil)
    #expect(found.outputs[0].worst == 0)
    #expect(found.cases.compactMap(\.timestep) == [981, 801, 601, 401, 201, 21])
  }

  @Test("16 bits are within what they explain", arguments: [DType.f16, .bf16])
  func sixteenBits(_ dtype: DType) throws {
    let reference = try fault.unet("sd15")
    let found = try fault.compare(
      try fault.plain(try fault.unet("sd15", dtype, named: "narrow")),
      try fault.plain(reference))
    #expect(found.outputsPass && found.firstDivergent == nil)
  }

  @Test("a fuse in 16 bits is within what they explain, however few weights it changes")
  func fewChangedWeights() throws {
    let base = try fault.unet("sdxl", .f16)
    let partial = try fault.adapter("sdxl", without: "up_blocks_")
    let fused = try fault.fused(base, [partial])
    let found = try fault.compare(try fault.plain(fused), try fault.adapted(base, [partial]))
    #expect(found.outputsPass && found.firstDivergent == nil)
    #expect(found.outputs[0].worst > 0)
    #expect(found.tolerance.reason == "for weights of F16")
  }
}
