import Testing
import WeftFormats
import WeftTensors

/// A component of an architecture and the golden that has its names.
struct Case: Sendable, CustomTestStringConvertible {
  let architecture: String
  let component: String
  let golden: String
  var prefix = ""
  /// The channels that go in, where they are not those of the golden.
  var inputChannels: Int?
  var testDescription: String { "\(architecture) \(component)" }

  /// The lines of the golden, without the projection that CLIP-L may have.
  func rows() throws -> [Row] {
    let rows = try #require(try Goldens.shared.get().rows[golden])
    return rows.filter { golden != "clip_l" || $0.path != "text_projection.weight" }.map { row in
      guard let inputChannels, row.path == "conv_in.weight" else { return row }
      let shape = Shape([row.shape.dimensions[0], inputChannels, 3, 3])
      return Row(layout: row.layout, path: row.path, layoutShape: shape, shape: shape)
    }
  }
}

@Suite("Architectures and key maps against the real models")
struct KeyMapTests {
  static let cases = [
    Case(
      architecture: "sd15", component: "unet", golden: "sd15.unet", prefix: "model.diffusion_model."
    ),
    Case(
      architecture: "sd15-inpaint", component: "unet", golden: "sd15_inpaint.unet",
      prefix: "model.diffusion_model."),
    Case(
      architecture: "sd2", component: "unet", golden: "sd21.unet", prefix: "model.diffusion_model."),
    Case(
      architecture: "sdxl", component: "unet", golden: "sdxl.unet", prefix: "model.diffusion_model."
    ),
    Case(
      architecture: "sdxl-refiner", component: "unet", golden: "sdxl_refiner.unet",
      prefix: "model.diffusion_model."),
    Case(
      architecture: "sd15-ip2p", component: "unet", golden: "sd15.unet",
      prefix: "model.diffusion_model.", inputChannels: 8),
    Case(
      architecture: "sd2-inpaint", component: "unet", golden: "sd21.unet",
      prefix: "model.diffusion_model.", inputChannels: 9),
    Case(
      architecture: "sdxl-inpaint", component: "unet", golden: "sdxl.unet",
      prefix: "model.diffusion_model.", inputChannels: 9),
    Case(
      architecture: "sdxl-ip2p", component: "unet", golden: "sdxl.unet",
      prefix: "model.diffusion_model.", inputChannels: 8),
    Case(
      architecture: "sd15", component: "controlnet", golden: "sd15.controlnet",
      prefix: "control_model."),
    Case(
      architecture: "sd2", component: "controlnet", golden: "sd21.controlnet",
      prefix: "control_model."),
    Case(
      architecture: "sdxl", component: "controlnet", golden: "sdxl.controlnet",
      prefix: "control_model."),
    Case(architecture: "sd15", component: "vae", golden: "vae", prefix: "first_stage_model."),
    Case(architecture: "sdxl", component: "vae", golden: "vae", prefix: "first_stage_model."),
    Case(
      architecture: "sd2", component: "text_encoder", golden: "openclip_h",
      prefix: "cond_stage_model.model."),
    Case(
      architecture: "sdxl", component: "text_encoder_2", golden: "openclip_bigg",
      prefix: "conditioner.embedders.1.model."),
    Case(
      architecture: "sdxl-refiner", component: "text_encoder_2", golden: "openclip_bigg",
      prefix: "conditioner.embedders.0.model."),
    Case(
      architecture: "sd15", component: "text_encoder", golden: "clip_l",
      prefix: "cond_stage_model.transformer."),
    Case(
      architecture: "sdxl", component: "text_encoder", golden: "clip_l",
      prefix: "conditioner.embedders.0.transformer."),
  ]

  @Test("every name and shape is that of the real model, and there are no others", arguments: cases)
  func schema(_ item: Case) throws {
    let golden = try item.rows()
    let schema = try #require(try library.get().architecture(item.architecture))
      .expanded(only: item.component)
    let expected = Dictionary(golden.map { ($0.path, $0.shape) }) { first, _ in first }
    #expect(schema.count == expected.count)
    for tensor in schema where expected[tensor.name.path] != tensor.shape {
      Issue.record("\(tensor.name) \(tensor.shape), not \(expected[tensor.name.path] as Any)")
    }
    if item.golden != "clip_l", item.inputChannels == nil {
      let elements = schema.reduce(0) { $0 + ($1.shape.checkedElementCount ?? 0) }
      #expect(elements == (try Goldens.shared.get().parameters[item.golden]))
    }
  }

  @Test("the single file has the real names, shapes and parts", arguments: cases)
  func layout(_ item: Case) throws {
    let golden = try item.rows()
    let architecture = try #require(try library.get().architecture(item.architecture))
    let canonical = golden.map {
      (CanonicalName(component: item.component, path: $0.path), $0.shape)
    }
    let arranged = try architecture.arrange(canonical.shuffled(), layout: "ldm").tensors
    var expected: [String: (Shape, [String])] = [:]
    for row in golden {
      expected[item.prefix + row.layout, default: (row.layoutShape, [])].1.append(row.path)
    }
    var seen: Set<String> = []
    for tensor in arranged where tensor.reason == nil {
      guard case .slices(let slices) = tensor.content else { continue }
      #expect(seen.insert(tensor.name).inserted, "\(tensor.name) is written twice")
      let wanted = expected[tensor.name]
      if wanted?.0 != tensor.shape || wanted?.1 != slices.map(\.name.path) {
        Issue.record("\(tensor.name) \(tensor.shape) \(slices), not \(wanted as Any)")
      }
    }
    #expect(seen == Set(expected.keys))
  }

  @Test(
    "a whole model has as many tensors as the published files",
    arguments: [
      ("sd15", "ldm", 1131), ("sd15", "diffusers", 1130), ("sd2", "ldm", 686 + 248 + 294),
      ("sdxl", "ldm", 2515), ("sdxl", "diffusers", 1680 + 248 + 196 + 517),
      ("sd2", "diffusers", 686 + 248 + 23 * 16 + 4), ("sdxl-refiner", "ldm", 1220 + 248 + 390),
    ])
  func totals(id: String, layout: String, count: Int) throws {
    #expect(try model(id, layout: layout).count == count)
  }

  @Test(
    "what is written is read back as the same canonical tensors, at any size",
    arguments: architectureIDs, ["ldm", "diffusers"])
  func inverse(id: String, layout: String) throws {
    let architecture = try #require(try library.get().architecture(id))
    for overrides in [[:], try small(id)] {
      let schema = try architecture.expanded(overrides)
      let arrangement = try architecture.arrange(
        schema.map { ($0.name, $0.shape) }, layout: layout)
      let files = arrangement.tensors.filter { $0.reason == nil }
      let recognition = try library.get().recognize(files.map { tensor($0.name, $0.shape) })
      #expect(recognition.architecture?.id == id)
      #expect(recognition.missing == [] && recognition.mismatches == [])
      var count = 0
      for (file, binding) in zip(files, recognition.bindings) {
        guard case .slices(let written) = file.content, case .model(let read) = binding else {
          Issue.record("\(file.name) is \(binding)")
          continue
        }
        if read != written { Issue.record("\(file.name): \(read), not \(written)") }
        count += read.count
      }
      #expect(count == schema.count - arrangement.omitted.count)
    }
  }

  @Test("every rule of every key map is used, and no name is written by two rules")
  func rules() throws {
    let library = try library.get()
    var used: [String: Set<Int>] = [:]
    for report in try library.ruleReports() {
      used[report.map, default: []].formUnion(report.fitting)
      #expect(report.written.count == 1, "\(report.name): rules \(report.written) of \(report.map)")
    }
    for (map, count) in library.ruleCounts() {
      #expect(used[map] == Set(0..<count), "\(map) has unused rules")
    }
  }
}
