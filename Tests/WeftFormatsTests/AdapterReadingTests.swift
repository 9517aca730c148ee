import Foundation
import Testing
import WeftFormats
import WeftTensors

@Suite("AdapterReading")
struct AdapterReadingTests {
  static func reading(_ names: [String]) throws -> AdapterReading {
    AdapterReading(names.map { tensor($0, [4, 4]) }, library: try library.get())
  }

  @Test(
    "low-rank factors are found under all their names",
    arguments: [
      (
        "lora_unet_conv_in.lora_down.weight", "lora_unet_conv_in.lora_up.weight",
        "lora_unet_conv_in"
      ),
      ("unet.conv_in.lora.down.weight", "unet.conv_in.lora.up.weight", "unet.conv_in"),
      (
        "a.attn1.processor.to_q_lora.down.weight", "a.attn1.processor.to_q_lora.up.weight",
        "a.attn1.processor.to_q"
      ),
      (
        "text_encoder.q_proj.lora_linear_layer.down.weight",
        "text_encoder.q_proj.lora_linear_layer.up.weight", "text_encoder.q_proj"
      ),
      ("unet.conv_in.lora_A.weight", "unet.conv_in.lora_B.weight", "unet.conv_in"),
      ("a.b.lora_A.default.weight", "a.b.lora_B.default.weight", "a.b"),
      ("a.b.lora_A", "a.b.lora_B", "a.b"), ("unet:17:down", "unet:17:up", "unet:17"),
    ])
  func suffixes(down: String, up: String, stem: String) throws {
    let reading = try Self.reading([up, down])
    #expect(reading.leftovers == [] && reading.modules.count == 1)
    let module = try #require(reading.modules.first)
    #expect(module.stem == stem && module.family.id == "lora")
    #expect(module.tensors == ["up": 0, "down": 1])
  }

  @Test(
    "the family follows from the tensors of a module",
    arguments: [
      (["lora_down.weight", "lora_up.weight", "alpha"], "lora"),
      (["lora_down.weight", "lora_up.weight", "lora_mid.weight"], "locon-tucker"),
      (["lora_down.weight", "lora_up.weight", "alpha", "dora_scale"], "dora"),
      (["lora_A.weight", "lora_B.weight", "lora_magnitude_vector"], "dora"),
      (["lora_A.weight", "lora_B.weight", "lora_B.bias"], "lora"),
      (["lora_down.weight", "lora_up.weight", "diff_b"], "lora-diff-b"),
      (["diff", "diff_b"], "full"), (["diff_b"], "full"),
      (["w_norm", "b_norm"], "norm"),
      (["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "alpha"], "loha"),
      (["lokr_w1", "lokr_w2_a", "lokr_w2_b", "alpha"], "lokr"),
      (["a1.weight", "a2.weight", "b1.weight", "b2.weight", "alpha"], "glora"),
      (["weight", "on_input"], "ia3"), (["oft_blocks", "alpha"], "oft"),
      (["oft_diag"], "oft"),
      (["q_layer.weight", "p_layer.weight", "lambda_layer"], "tlora"),
      (["set_weight"], "set-weight"),
    ])
  func families(ends: [String], family: String) throws {
    let reading = try Self.reading(ends.map { "lora_unet_conv_in.\($0)" })
    #expect(reading.leftovers == [])
    #expect(reading.modules.map(\.family.id) == [family])
  }

  @Test("blocks of rank four are BOFT")
  func boft() throws {
    let reading = AdapterReading(
      [tensor("oft_unet_conv_in.oft_blocks", [2, 4, 4, 4])], library: try library.get())
    #expect(reading.modules.map(\.family.id) == ["boft"])
  }

  @Test("a half pair is told with the half that lacks")
  func halfPairs() throws {
    let reading = try Self.reading(["a.lora_down.weight", "a.alpha", "b.lora_up.weight", "c.d"])
    #expect(reading.modules.isEmpty && reading.leftovers.count == 4)
    #expect(
      reading.leftovers[0].reason
        == "the stem 'a' has 'alpha', 'down' without 'up'; a.lora_up.weight is missing")
    #expect(reading.leftovers[2].reason.contains("without 'down'"))
    #expect(reading.leftovers.allSatisfy { !$0.isHarmless })
  }

  @Test(
    "the missing half is named as its sibling is spelled",
    arguments: [
      ("a.b.lora_A.default.weight", "a.b.lora_B.default.weight"),
      ("unet:17:up", "unet:17:down"),
      ("a.attn1.processor.to_q_lora.up.weight", "a.attn1.processor.to_q_lora.down.weight"),
      ("a.lora.down.weight", "a.lora.up.weight"),
      ("a.lora_linear_layer.up.weight", "a.lora_linear_layer.down.weight"),
    ])
  func missingHalf(name: String, missing: String) throws {
    let reason = try #require(try Self.reading([name]).leftovers.first).reason
    #expect(reason.hasSuffix("; \(missing) is missing"), "\(reason)")
  }

  @Test("bundled embeddings are harmless leftovers")
  func embeddings() throws {
    let reading = AdapterReading(
      [tensor("<s1>", [768]), tensor("bundle_emb.cat.clip_l", [2, 768])],
      metadata: ["<s1>": "<embed>"], library: try library.get())
    #expect(reading.leftovers.count == 2 && reading.leftovers.allSatisfy(\.isHarmless))
    #expect(reading.leftovers[1].reason.contains("embedding"))
  }

  static func resAdapter(_ id: String) throws -> (lowRank: [TensorInfo], norms: [TensorInfo]) {
    let schema = try #require(try library.get().architecture(id)).expanded()
      .filter { $0.name.component == "unet" }
    var (lowRank, norms): ([TensorInfo], [TensorInfo]) = ([], [])
    for item in schema {
      let module = item.name.module.path
      if item.name.path.contains("resnets"), module.hasSuffix("norm1") || module.hasSuffix("norm2")
      {
        norms.append(tensor(item.name.path, item.shape, .f32))
      } else if module.hasSuffix("samplers.0.conv"), item.name.path.hasSuffix("weight") {
        let stem = "lora_unet_" + module.replacing(".", with: "_")
        let channels = item.shape.dimensions[0]
        lowRank.append(tensor("\(stem).alpha", []))
        lowRank.append(tensor("\(stem).lora_down.weight", [16, channels, 3, 3]))
        lowRank.append(tensor("\(stem).lora_up.weight", [channels, 16, 1, 1]))
      }
    }
    return (lowRank, norms)
  }

  @Test(
    "both halves of a ResAdapter are known, with the number that is expected",
    arguments: [("sd15", 6, 88), ("sdxl", 4, 68)])
  func resAdapterHalves(id: String, modules: Int, norms: Int) throws {
    let library = try library.get()
    let files = try Self.resAdapter(id)
    let table = try AliasTableTests.table(id)
    #expect(files.lowRank.count == 3 * modules && files.norms.count == norms)
    let lowRank = library.resAdapterHalf(AdapterReading(files.lowRank, library: library), table)
    #expect(lowRank == ResAdapterHalf(part: .lowRank, count: modules, expected: modules))
    let half = library.resAdapterHalf(AdapterReading(files.norms, library: library), table)
    #expect(half == ResAdapterHalf(part: .norms, count: norms, expected: norms))
    for file in [files.lowRank, files.norms] {
      let recognition = try library.recognize(file)
      #expect(recognition.kind == .adapter && recognition.architecture?.id == id)
      #expect(!recognition.bindings.contains(.unknown))
    }
    #expect(try library.recognize(files.lowRank).layout == "kohya")
    let other = try AliasTableTests.table(id == "sd15" ? "sdxl" : "sd15")
    let wrong = library.resAdapterHalf(AdapterReading(files.norms, library: library), other)
    #expect(wrong == nil || wrong?.count != wrong?.expected)
  }

  @Test("an ordinary adapter is no half of a ResAdapter")
  func ordinary() throws {
    let reading = try Self.reading(
      ["lora_unet_conv_in.lora_down.weight", "lora_unet_conv_in.lora_up.weight"])
    #expect(try library.get().resAdapterHalf(reading, try AliasTableTests.table("sd15")) == nil)
  }

  @Test(
    "the published ResAdapter and LoRA files fit, every module by name and shape",
    .enabled(if: sharedData != nil, "needs ../shared/data or WEFT_SHARED"),
    arguments: [
      ("resadapter/resadapter_v1_sd1.5/pytorch_lora_weights", "sd15", 6, 0),
      ("resadapter/resadapter_v1_sd1.5/diffusion_pytorch_model", "sd15", 44, 0),
      ("resadapter/resadapter_v2_sdxl/pytorch_lora_weights", "sdxl", 4, 0),
      ("resadapter/resadapter_v2_sdxl/diffusion_pytorch_model", "sdxl", 34, 0),
      ("loras/lora_disney", "sd15", 192, 2), ("loras/analog_svd_rank4", "sd15", 192, 0),
    ])
  func published(path: String, id: String, modules: Int, leftovers: Int) throws {
    let library = try library.get()
    let url = try #require(sharedData).appending(path: path + ".safetensors")
    let (tensors, metadata) = try header(of: url)
    let reading = AdapterReading(tensors, metadata: metadata, library: library)
    #expect(reading.modules.count == modules && reading.leftovers.count == leftovers)
    let fit = try #require(try library.fits(of: reading, tensors).first)
    #expect(fit.architecture.id == id && fit.named == modules && fit.shaped == modules)
    let table = try AliasTableTests.table(id)
    #expect(table.incompleteList(reading.modules.map(\.stem)) == nil)
  }
}
