import Testing
import WeftPipelines
import WeftTensors
import WeftRecipes
import WeftTransform

@Suite("The passes of a task")
struct TaskCompilerTests {
  /// A pass as a line: the steps, what is read, and the outputs.
  private func line(_ pass: ModelPass) -> String {
    let source = if case .pass(let number) = pass.source { "pass \(number)" } else { "input" }
    let outputs = pass.outputs.map(\.path).joined(separator: " ")
    return
      "\(source) → \(pass.steps.joined(separator: " ")) → \(pass.container.rawValue) \(outputs)"
  }

  static let chains: [(steps: String, passes: [String])] = [
    ("a: {convert: input}", ["input → a → safetensors m-a.safetensors"]),
    (
      "a: {convert: input, dtype: f16}\nb: {fuse: a, adapters: [x]}\nc: {quantize: b, type: q8_0}",
      ["input → a b c → gguf m-c.gguf"]
    ),
    // What is saved is made, and what follows starts from the model again: one rounding.
    (
      "a: {convert: input, save: 'a.ckpt'}\nb: {fuse: a, adapters: [x]}",
      ["input → a → ckpt a.ckpt", "input → a b → safetensors m-b.safetensors"]
    ),
    // What is quantised is read back.
    (
      "a: {quantize: input, type: q8_0}\nb: {convert: a, to: safetensors}",
      ["input → a → gguf m-a.gguf", "pass 0 → b → safetensors m-b.safetensors"]
    ),
    // Two branches.
    (
      "a: {convert: input}\nb: {fuse: a, adapters: [x]}\nc: {quantize: a, type: q4_0}",
      ["input → a b → safetensors m-b.safetensors", "input → a c → gguf m-c.gguf"]
    ),
    (
      "a: {fuse: input, adapters: [x], sweep: 'scale=0:1:0.5'}",
      [
        "input → a → safetensors m-a-scale-0.safetensors m-a-scale-0.5.safetensors m-a-scale-1.safetensors"
      ]
    ),
    (
      "a: {fuse: input, adapters: [x], sweep: 'te=0:1:1', save: '${variant}/${folder}/${name}.ckpt'}",
      ["input → a → ckpt te-0/f/m.ckpt te-1/f/m.ckpt"]
    ),
    (
      "a: {fuse: input, adapters: [x], sweep: 'unet=1:2:1'}\nb: {quantize: a, type: q8_0, save: '${name}-${variant}.gguf'}",
      ["input → a b → gguf m-unet-1.gguf m-unet-2.gguf"]
    ),
    ("a: {convert: input, to: diffusers}", ["input → a → diffusers m-a/"]),
    ("a: {convert: input, save: '${name}/'}", ["input → a → diffusers m/"]),
    (
      "a: {fuse: input, adapters: [x], to: diffusers, sweep: 'te=0:1:1', save: 'x-${variant}'}",
      ["input → a → diffusers x-te-0/ x-te-1/"]
    ),
    ("a: {scan: input}\nb: {report: input, json: '${name}.json'}", []),
  ]

  @Test("are chains of steps that end where something is saved", arguments: chains)
  func passes(chain: (steps: String, passes: [String])) throws {
    #expect(try recipe(chain.steps, folder: "f").passes.map(line) == chain.passes)
  }

  @Test(
    "have the container of the word, the name, the type or the step before, in this order",
    arguments: [
      ("a: {convert: input, to: ckpt, save: x.safetensors}", OutputContainer.ckpt),
      ("a: {convert: input, save: x.safetensors.zst}", .compressed),
      ("a: {convert: input, save: x.safetensors.wz}", .wz),
      ("a: {quantize: input, type: q8_0, to: safetensors}", .safetensors),
      ("a: {quantize: input, type: q8_0}", .gguf),
      ("a: {quantize: input, type: fp8_e4m3}", .safetensors),
      ("a: {convert: input, to: ckpt}\nb: {fuse: a, adapters: [x], save: b.gguf}", .gguf),
      ("a: {convert: input, to: safetensors}\nb: {quantize: a, type: q8_0}", .gguf),
      ("a: {convert: input, to: safetensors}\nb: {quantize: a, type: q8_0, save: b.gguf}", .gguf),
      ("a: {convert: input, to: ckpt}\nb: {fuse: a, adapters: [x]}", .ckpt),
    ])
  func containers(steps: String, container: OutputContainer) throws {
    #expect(try recipe(steps).passes.map(\.container) == [container])
  }

  @Test("keep what steps before said")
  func keepWords() throws {
    func form(_ first: String, _ second: String) throws -> PipelineForm {
      let steps = "a: {convert: input, \(first)}\nb: {convert: a, \(second)}"
      return try #require(try recipe(steps).passes.last).form
    }
    #expect(try form("dtype: f16", "dtype: keep").dtype == "f16")
    #expect(try form("dtype: f16", "dtype: bf16").dtype == "bf16")
    #expect(try form("layout: ldm", "layout: keep").layout == "ldm")
    #expect(try form("dtype: keep", "layout: ldm").dtype == nil)
    #expect(try form("ema: drop", "ema: keep").averages == .drop)
    // After this the averages are the weights, and there is nothing left to drop.
    #expect(try form("ema: prefer", "ema: drop").averages == .prefer)
    #expect(try form("ema: keep", "ema: drop").averages == .drop)
    #expect(try form("prune: true", "prune: false").isPruned == true)
    #expect(try form("prune: false", "prune: true").isPruned == true)
    #expect(try form("vae: x", "vae: y").vae == "y")
    #expect(
      try form("allow_unmatched: [a]", "allow_unmatched: [b]").allowedUnmatched == ["a", "b"])
  }

  @Test("are proved and reported under the names of their steps")
  func proofs() throws {
    let recipe = try recipe(
      "s: {scan: input}\na: {convert: input}\nb: {quantize: input, type: q8_0}\n"
        + "p: {verify: b, level: structure}\nr: {report: input, json: '${name}.json', html: 'h/${step}.html'}"
    )
    #expect(recipe.isScanned)
    #expect(recipe.proofs.map(\.step) == ["p"])
    #expect(recipe.proofs.map(\.pass) == [1])
    #expect(recipe.proofs.map(\.verification.level) == ["structure"])
    #expect(recipe.outputPaths == ["m-a.safetensors", "m-b.gguf", "m.json", "h/r.html"])
  }

  static let refusals: [(steps: String, what: String)] = [
    (
      "a: {convert: input, save: '${name}.ckpt'}\nb: {convert: input, save: m.ckpt}",
      "two outputs of models/m.safetensors have the name m.ckpt"
    ),
    (
      "a: {convert: input, save: '${name}/'}\nb: {convert: input, to: ckpt, save: m}",
      "two outputs of models/m.safetensors have the name m"
    ),
    (
      "a: {convert: input}\nb: {fuse: a, adapters: [x]}\np: {verify: a}",
      "the step 'p' verifies 'a', which is not saved"
    ),
    (
      "a: {fuse: input, adapters: [x], norm: skip}\nb: {fuse: a, adapters: [y]}",
      "fuses in one pass must agree"
    ),
    (
      "a: {fuse: input, adapters: [x], alpha_zero: rank}\nb: {fuse: a, adapters: [y]}",
      "fuses in one pass must agree"
    ),
    (
      "a: {fuse: input, adapters: [x], sweep: 'te=0:1:1'}\nb: {fuse: a, adapters: [y], sweep: 'te=0:1:1'}",
      "only one number can be swept"
    ),
    (
      "a: {fuse: input, adapters: [x], sweep: 'te=0:1:1'}\nb: {quantize: a, type: q8_0}\nc: {convert: b}",
      "makes all variants of a sweep"
    ),
    ("a: {fuse: input, adapters: [x], sweep: '2.te=0:1:1'}", "there is no adapter 2"),
    ("a: {convert: input, save: x.onnx}", "says no format: x.onnx"),
  ]

  @Test("are refused where steps do not fit together", arguments: refusals)
  func refused(case: (steps: String, what: String)) throws {
    let problem = try #require(problem { try recipe(`case`.steps) })
    #expect(problem.what.contains(`case`.what), "\(problem.description)")
  }

  @Test(
    "never lead out of the outputs' folder, whatever the model is called",
    arguments: [
      ("...safetensors", ".", "${name}/x.ckpt"), (".weft.safetensors", ".", "${name}/x.ckpt"),
      ("m.safetensors", ".weft", "${folder}/x.ckpt"),
      ("...safetensors", ".", "a/${name}/${name}/x.ckpt"),
    ])
  func escapes(input: String, folder: String, save: String) throws {
    let problem = try #require(
      problem { try recipe("a: {convert: input, save: '\(save)'}", input: input, folder: folder) })
    #expect(problem.status == .refused)
    #expect(problem.what.contains("outside"))
  }
}
