import Foundation
import Testing
import WeftFiles
import WeftTensors

@Suite("Fuses and merges that quantise or read quantised models, proved")
struct QuantizedFuseTests {
  let folder: Folder
  let lora: String

  init() throws {
    folder = try Folder()
    lora = try QuantizedFiles.lora(in: folder)
  }

  private func verify(_ model: String, base: String, scale: String = "") throws -> Tool.Result {
    try Tool.run("verify", model, "--base", base, "--adapter", lora + scale)
  }

  private func fuse(_ base: String, _ options: String...) throws -> Tool.Result {
    try Tool.run(["fuse", base, "--adapter", lora, "--quiet", "--no-sync"] + options)
  }

  @Test(
    "a fuse that quantises is proved by a second computation, and a fault in it is found",
    arguments: QuantizedFiles.forms)
  func fuse(form: QuantizedFiles.Form) throws {
    let output = folder.path("fused" + form.ending)
    let fuse = try fuse(DemoFiles.base, "--quantize", form.type, "-o", output)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let right = try verify(output, base: DemoFiles.base)
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    #expect(right.output.contains("changed tensors are what they must be: 2 tensors"))
    let other = try verify(output, base: DemoFiles.base, scale: ":0.5")
    #expect(other.status == 2 && other.errors.contains("contradict"), "\(other.errors)")
    // The highest bit of an element, a pair of them or a scale, mostly its sign: further than any step.
    let weight = QuantizedFiles.modules[0].weight
    try QuantizedFiles.damage(output, weight, by: 0x80)
    let wrong = try verify(output, base: DemoFiles.base)
    #expect(wrong.status == 1, "\(wrong.output)\(wrong.errors)")
    #expect(wrong.output.contains("1 of 2 tensors fail: \(weight)"), "\(wrong.output)")
  }

  @Test("one element that is off by one step is let pass, more elements and more steps are not")
  func steps() throws {
    let output = folder.path("fused.safetensors")
    let result = try fuse(DemoFiles.base, "--quantize", "int8", "-o", output)
    #expect(result.status == 0, "\(result.errors)")
    let weight = QuantizedFiles.modules[0].weight
    let tensor = try #require(try Checkpoint.open(output)[weight])
    let scales = try #require(try Checkpoint.open(output)[weight + "_scale"]).floats()
    // The steps of this row are smaller than the greatest ones of the tensor.
    let row = try #require(scales.indices.min { scales[$0] < scales[$1] })
    let start = tensor.offset + row * (try #require(tensor.info.shape.dimensions.last))
    let original = try Data(contentsOf: URL(fileURLWithPath: output))
    for (elements, step, status) in [([4], 1, 0), ([4, 9], 1, 1), ([4], 40, 1)] {
      var data = original
      for element in elements {
        let value = Int(Int8(bitPattern: data[start + element]))
        let changed = Int8(value > 0 ? value - step : value + step)
        data[start + element] = UInt8(bitPattern: changed)
      }
      try data.write(to: URL(fileURLWithPath: output))
      let proof = try verify(output, base: DemoFiles.base)
      #expect(proof.status == Int32(status), "\(elements) \(step): \(proof.output)")
    }
  }

  @Test(
    "a fuse into a quantised model is proved, and what it changed is in the model's own form",
    arguments: QuantizedFiles.forms)
  func quantizedBase(form: QuantizedFiles.Form) throws {
    let base = try QuantizedFiles.quantize(DemoFiles.base, form, in: folder)
    let output = folder.path("fused" + form.ending)
    let fuse = try fuse(base, "-o", output)
    #expect(fuse.status == 0, "\(fuse.errors)")
    let (before, after) = (try Checkpoint.open(base), try Checkpoint.open(output))
    for module in QuantizedFiles.modules {
      #expect(before[module.weight]?.info == after[module.weight]?.info)
    }
    let right = try verify(output, base: base)
    #expect(right.status == 0, "\(right.output)\(right.errors)")
    let json = try Tool.run("diff", base, output, "--json").json()
    let changed = try #require(json["changed"] as? [[String: Any]])
    #expect(
      Set(changed.compactMap { $0["name"] as? String })
        == Set(QuantizedFiles.modules.map(\.weight)))
  }

  @Test("a model whose changed tensors are encoded is not changed in place", arguments: [2, 3, 5])
  func inPlace(form: Int) throws {
    let base = try QuantizedFiles.quantize(DemoFiles.base, QuantizedFiles.forms[form], in: folder)
    let before = try Data(contentsOf: URL(fileURLWithPath: base))
    let result = try fuse(base, "--in-place", "--undo", folder.path("model.undo"))
    #expect(result.status == 2, "\(result.errors)")
    #expect(
      result.errors.contains("encoded anew") && result.errors.contains("instead of --in-place"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: base)) == before)
    #expect(folder.names == ["lora.safetensors", "quantised.safetensors"])
  }

  @Test("an adapter that changes no encoded tensor is fused in place, and undone")
  func inPlaceBeside() throws {
    let form = QuantizedFiles.forms[5]
    let base = try QuantizedFiles.quantize(
      DemoFiles.base, form, in: folder, ["--rule", "*attn1.to_q.weight=nf4", "--rule", "*=keep"])
    let before = try Data(contentsOf: URL(fileURLWithPath: base))
    let output = folder.path("fused.safetensors")
    let undo = folder.path("model.undo")
    for end in [["-o", output], ["--in-place", "--undo", undo]] {
      let result = try Tool.run(
        ["fuse", base, "--adapter", DemoFiles.resAdapter, "--no-sync", "--quiet"] + end)
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try Tool.run("diff", base, output).status == 0)
    #expect(try Tool.run("undo", undo).status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: base)) == before)
  }

  @Test("the recipe of a merge that quantised gives the same bytes again, and proves them")
  func merge() throws {
    let models = folder.path("models")
    try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
    for (source, name) in [(try DemoFiles.base, "a"), (try DemoFiles.fused, "b")] {
      try FileManager.default.copyItem(atPath: source, toPath: models + "/\(name).safetensors")
    }
    let (merged, again) = (folder.path("merged.gguf"), folder.path("again.gguf"))
    let merge = try Tool.run(
      "merge", "--method", "weighted-sum", "--model", models + "/a.safetensors:0.75", "--model",
      models + "/b.safetensors:0.25", "--quantize", "q8_0", "--rule", "*to_k*=q4_0", "-o", merged,
      "--quiet")
    #expect(merge.status == 0, "\(merge.errors)")
    let shown = try Tool.run("recipe", "show", merged, "--models", models)
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("quantization: {type: q8_0"), "\(shown.output)")
    let recipe = folder.path("recipe.yaml")
    try shown.output.write(toFile: recipe, atomically: true, encoding: .utf8)
    let second = try Tool.run("merge", recipe, "-o", again, "--quiet")
    #expect(second.status == 0, "\(second.errors)")
    #expect(FileManager.default.contentsEqual(atPath: merged, andPath: again))
    let proof = try Tool.run("verify", merged, "--recipe", recipe)
    #expect(proof.status == 0, "\(proof.output)\(proof.errors)")
    let fuse = folder.path("fuse.safetensors")
    let made = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--quantize", "fp8_scaled", "-o",
      fuse, "--quiet")
    #expect(made.status == 0, "\(made.errors)")
    let text = try Tool.run("recipe", "show", fuse).output
    #expect(text.contains("quantization: {type: fp8_scaled}"), "\(text)")
  }
}
