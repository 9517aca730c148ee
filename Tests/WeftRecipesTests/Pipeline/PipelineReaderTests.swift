import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Reading pipelines")
struct PipelineReaderTests {
  /// The whole pipeline.
  private static let whole = Result { try document(WholePipeline.text) }

  private func step(_ name: String, of pipeline: Pipeline) throws -> PipelineStep.Action {
    try #require(pipeline.step(name)).action
  }

  @Test("inputs, exclusions and the folder of the outputs are as they were written")
  func frame() throws {
    let document = try Self.whole.get()
    let pipeline = document.pipeline
    #expect(
      pipeline.inputs == [
        PipelineInput(.glob("models/*.safetensors")), .init(.list("civitai.txt")),
      ])
    #expect(pipeline.inputs.map(\.position?.line) == [8, 9])
    #expect(pipeline.excluded.map(\.glob) == ["*-inpainting*", "old/**"])
    #expect(pipeline.outputFolder == "out")
    #expect(document.path == "p.yaml")
    #expect(document.text == Array(WholePipeline.text.utf8))
    #expect(document.overrideCount == 2)
  }

  @Test("each step comes after the one that it takes, and nothing else moves")
  func order() throws {
    let steps = try Self.whole.get().pipeline.steps
    #expect(steps.map(\.name) == ["safe", "small", "tuned", "phone", "proof", "sheet"])
    #expect(steps.map(\.source.name) == ["input", "input", "small", "tuned", "phone", "input"])
  }

  @Test("a conversion has its form, with the values of variables")
  func convert() throws {
    var form = PipelineForm()
    form.container = "safetensors"
    form.layout = "ldm"
    form.dtype = "f16"
    form.vae = "vae/x.safetensors"
    form.averages = .prefer
    form.isPruned = true
    form.allowedUnmatched = ["extra.*"]
    form.component = "unet"
    form.maximumShardByteCount = 5_000_000_000
    let pipeline = try Self.whole.get().pipeline
    #expect(try step("small", of: pipeline) == .convert(form))
    #expect(pipeline.step("small")?.save == "${name}-small.safetensors")
  }

  @Test("a fuse has its adapters, whose numbers may be variables, and keeps the templates of names")
  func fuse() throws {
    var detail = RecipeAdapter(path: "/data/adapters/detail.safetensors")
    (detail.unetScale, detail.textEncoderScale) = (0.8, 0.8)
    var style = RecipeAdapter(path: "/data/adapters/style.safetensors")
    (style.unetScale, style.textEncoderScale, style.normWeight) = (0.8, 0.8, 0.5)
    var fuse = PipelineFuse(adapters: [detail, style])
    fuse.norm = "delta"
    fuse.normBase = "stock.safetensors"
    fuse.tloraBase = "trained.safetensors"
    fuse.alphaZero = "rank"
    fuse.sweep = "1.scale=0:1:0.5"
    fuse.form.dtype = "bf16"
    let pipeline = try Self.whole.get().pipeline
    #expect(try step("tuned", of: pipeline) == .fuse(fuse))
    #expect(pipeline.step("tuned")?.save == "${folder}/${name}-${step}-${variant}.safetensors")
  }

  @Test("a quantisation, a proof and a report have what was written")
  func others() throws {
    let pipeline = try Self.whole.get().pipeline
    var quantization = RecipeQuantization(type: "q8_0")
    quantization.rules = ["*.bias=keep"]
    quantization.imatrix = "m.dat"
    quantization.encoder = "sdcpp"
    quantization.policy = "comfyui"
    quantization.requantizes = true
    var form = PipelineForm()
    form.container = "gguf"
    form.quantization = quantization
    #expect(try step("phone", of: pipeline) == .quantize(form))
    var proof = PipelineVerification()
    proof.tolerance = 0.01
    #expect(try step("proof", of: pipeline) == .verify(proof))
    var report = PipelineReport()
    (report.json, report.html) = ("${name}.json", "pages/${name}.html")
    #expect(try step("sheet", of: pipeline) == .report(report))
    #expect(try step("safe", of: pipeline) == .scan)
  }
}
