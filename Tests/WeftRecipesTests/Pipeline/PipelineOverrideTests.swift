import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Overrides of pipelines")
struct PipelineOverrideTests {
  private static let text = #"""
    version: 1
    variables: {half: f16, vae: "${half}.vae"}
    inputs: ["**/*.ckpt"]
    outputs: out
    steps:
      safe: {scan: input}
      small: {convert: input, dtype: "${half}", vae: "${vae}", layout: ldm}
      tiny: {quantize: small, type: q8_0}
      proof: {verify: tiny}
      wide: {convert: input, dtype: f32}
    overrides:
      - {match: "*xl*", variables: {half: bf16}}
      - {match: old/**, steps: {small: {layout: null, prune: true}, tiny: {quantize: , type: q4_0}}}
      - {match: old/xl.ckpt, skip: [small], variables: {half: f32}}
      - {match: /data/*, skip: [wide, proof]}
    """#

  private func form(_ name: String, _ pipeline: Pipeline) throws -> PipelineForm {
    switch try #require(pipeline.step(name)).action {
    case .convert(let form), .quantize(let form): form
    default: throw Missing()
    }
  }

  private struct Missing: Error {}

  @Test(
    "an input has the overrides whose globs fit it, in the order of the text",
    arguments: [
      ("a.ckpt", []), ("new/xl-a.ckpt", [0]), ("old/a.ckpt", [1]), ("./old/xl.ckpt", [0, 1, 2]),
      ("/data/xl.ckpt", [0, 3]), ("data/a.ckpt", []), ("xl/a.ckpt", []),
    ] as [(String, [Int])])
  func fitting(input: String, expected: [Int]) throws {
    #expect(try document(Self.text).overrides(fitting: input) == expected)
  }

  @Test("a variable's other value goes into everything that is made of it")
  func variables() throws {
    let document = try document(Self.text)
    let small = try form("small", document.pipeline(overrides: [0]))
    #expect(small.dtype == "bf16")
    #expect(small.vae == "bf16.vae")
    #expect(try form("small", document.pipeline).vae == "f16.vae")
  }

  @Test(
    "keys take the place of a step's, null takes a key out, and an empty source is the step before")
  func keys() throws {
    let pipeline = try document(Self.text).pipeline(overrides: [1])
    let small = try form("small", pipeline)
    #expect(small.layout == nil)
    #expect(small.isPruned == true)
    #expect(small.dtype == "f16")
    #expect(pipeline.step("tiny")?.source.name == "small")
    #expect(try form("tiny", pipeline).quantization?.type == "q4_0")
  }

  @Test("a skipped step is left out with all that take it, and what is left is the same")
  func skip() throws {
    let document = try document(Self.text)
    #expect(try document.pipeline(overrides: [2]).steps.map(\.name) == ["safe", "wide"])
    #expect(try document.pipeline(overrides: [3]).steps.map(\.name) == ["safe", "small", "tiny"])
    #expect(try document.pipeline(overrides: [3]).inputs == document.pipeline.inputs)
    #expect(try document.pipeline(overrides: []) == document.pipeline)
  }

  @Test("of two overrides the later one decides")
  func both() throws {
    let text =
      Self.text + "\n  - {match: \"*\", variables: {half: f32}, steps: {small: {prune: false}}}"
    let document = try document(text)
    let small = try form("small", document.pipeline(overrides: [0, 1, 4]))
    #expect(small.dtype == "f32")
    #expect(small.isPruned == false)
    #expect(small.layout == nil)
  }

  @Test("overrides that only together leave nothing are an error with the lines of both")
  func together() throws {
    let text = """
      version: 1
      inputs: [a.ckpt]
      outputs: out
      steps: {a: {convert: input}, b: {scan: input}}
      overrides:
        - {match: "*", skip: [a]}
        - {match: a.ckpt, skip: [b]}
      """
    let document = try document(text)
    let error = #expect(throws: RecipeProblem.self) {
      try document.pipeline(overrides: document.overrides(fitting: "a.ckpt"))
    }
    #expect(error?.what.contains("with the overrides of lines 6, 7") == true)
  }
}
