import Testing
import WeftPipelines
import WeftTensors

@Suite("The making of a manifest")
struct ManifestMakerTests {
  let folder: PipelineFolder

  init() throws { folder = try PipelineFolder() }

  @Test("tells names and sizes of everything")
  func tasks() throws {
    try folder.write("12345", to: "models/a.ckpt")
    try folder.write("123", to: "models/sub/b.ckpt")
    try folder.writePipeline(
      "a: {convert: input, save: '${folder}/${name}.gguf'}", inputs: "['models/**']")
    let tasks = try folder.made().tasks
    #expect(tasks.map(\.input) == ["models/a.ckpt", "models/sub/b.ckpt"])
    #expect(tasks.map(\.index) == [0, 1])
    #expect(tasks.map(\.byteCount) == [5, 3])
    #expect(tasks.map(\.outputs) == [["a.gguf"], ["sub/b.gguf"]])
    #expect(Set(tasks.map(\.id)).count == 2)
  }

  static let refusals: [(files: [String], inputs: String, steps: String, what: String)] = [
    (
      ["models/a.ckpt", "models/a.gguf"], "[models/*]", "a: {convert: input}",
      "two outputs have the name a-a.safetensors: those of models/a.ckpt and models/a.gguf"
    ),
    (
      ["models/a.ckpt", "models/b/a.ckpt"], "['models/**']", "a: {convert: input}",
      "two outputs have the name a-a.safetensors"
    ),
    (
      ["out/a.ckpt"], "[out/*]", "a: {convert: input, save: '${name}.ckpt'}",
      "the output a.ckpt of out/a.ckpt is one of the inputs"
    ),
    (
      ["out/a.ckpt", "out/b.ckpt"], "[out/*]", "a: {convert: input, save: './/b.ckpt'}",
      "is one of the inputs"
    ),
    (
      ["models/a.ckpt"], "[models/*]",
      "a: {convert: input}\nb: {fuse: a, adapters: [x]}\nc: {verify: a}",
      "which is not saved"
    ),
  ]

  @Test("refuses outputs in each other's or an input's place", arguments: refusals)
  func refused(case: (files: [String], inputs: String, steps: String, what: String)) throws {
    for name in `case`.files + ["x"] { try folder.write("", to: name) }
    try folder.writePipeline(`case`.steps, inputs: `case`.inputs)
    let problem = try #require(problem { try folder.made() })
    #expect(problem.status == .badData)
    #expect(problem.description.contains(`case`.what), "\(problem.description)")
  }

  @Test("finds the same models after a run that wrote into their folders")
  func secondRun() throws {
    try folder.writeModel("a.safetensors")
    try folder.writePipeline(
      "a: {convert: input, save: '${name}.safetensors'}",
      inputs: "['**/*.safetensors', '*/*.ckpt', a*]")
    let text = try folder.text("p.yaml").replacing("'*/*.ckpt', ", with: "")
    try folder.write(text, to: "p.yaml")
    #expect(try folder.run().map(\.status) == [.success])
    #expect(try folder.run().map(\.madeCount) == [0])
  }
}
