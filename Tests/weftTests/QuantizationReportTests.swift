import Foundation
import Testing
import WeftTensors

@Suite("The report and the page of weft quantize")
struct QuantizationReportCommandTests {
  let folder = try? Folder()

  private func path(_ name: String) throws -> String { try #require(folder).path(name) }

  /// A model of no architecture that Q4_K fits in part.
  private func model() throws -> String {
    let path = try path("model.safetensors")
    try SmallFiles.write(
      [
        .init("blocks.0.weight", [8, 512], dtype: .f16), .init("blocks.1.weight", [8, 256]),
        .init("odd.weight", [3, 20]), .init("bias", [64]),
      ], to: path)
    return path
  }

  @Test("--report, --html and the summary say what was decided and lost")
  func everything() throws {
    let (report, page) = (try path("report.json"), try path("page.html"))
    let result = try Tool.run(
      "quantize", try model(), "-o", try path("out.gguf"), "--type", "q4_k", "--report", report,
      "--html", page)
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "types       ", "kept        1 tensor as F32: a vector or a scalar",
      "fallback    1 tensor as F16",
      "size        ", "loss        relative L2 ", "worst       relative L2 ",
    ] { #expect(result.output.contains(words), "\(words) in \(result.output)") }
    let value = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: report)))
    let quantization = (value as? [String: Any])?["quantization"] as? [String: Any]
    #expect(quantization?["type"] as? String == "q4_k")
    #expect((quantization?["loss"] as? [String: Any])?["rmse"] as? Double ?? 0 > 0)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.hasPrefix("<!doctype html>") && html.contains("Quantised to Q4_K"))
  }

  @Test("the page replaces nothing, and neither input nor output")
  func pageIsSafe() throws {
    let model = try model()
    let (output, page) = (try path("out.gguf"), try path("page.html"))
    try Data("mine".utf8).write(to: URL(fileURLWithPath: page))
    func run(_ html: String, _ more: String...) throws -> Tool.Result {
      try Tool.run(
        ["quantize", model, "-o", output, "--type", "q4_k", "--html", html] + more)
    }
    #expect(try run(page).status == 73)
    #expect(try String(contentsOfFile: page, encoding: .utf8) == "mine")
    for html in [model, output] { #expect(try run(html, "--force").status != 0) }
    let report = try path("same")
    #expect(try run(report, "--report", report).status != 0)
    #expect(try run(page, "--force").status == 0)
    #expect(try String(contentsOfFile: page, encoding: .utf8).hasPrefix("<!doctype html>"))
  }

  @Test("--plan shows types and reasons, without numbers of a loss")
  func plan() throws {
    let result = try Tool.run("quantize", try model(), "--type", "q4_k", "--plan")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("types       2 Q4_K"))
    #expect(result.output.contains("kept        1 tensor as F32: a vector or a scalar"))
    #expect(!result.output.contains("loss"))
    #expect(
      try Tool.run("quantize", try model(), "--type", "q4_k", "--plan", "--html", "x").status == 64)
  }

  @Test("without a report nothing is measured, and fuse --quantize measures as quantize does")
  func otherCommands() throws {
    let plain = try Tool.run("quantize", try model(), "-o", try path("a.gguf"), "--type", "q4_k")
    #expect(plain.status == 0 && !plain.output.contains("loss"))
    let fused = try Tool.run(
      "fuse", DemoFiles.base, "--adapter", DemoFiles.resAdapter, "--quantize", "q4_k", "--for",
      "comfyui", "-o", try path("b.gguf"), "--html", try path("b.html"), "--json")
    #expect(fused.status == 0, "\(fused.errors)")
    let loss = try (fused.json()["quantization"] as? [String: Any])?["loss"] as? [String: Any]
    #expect(loss?["snr_db"] as? Double ?? 0 > 5)
    #expect(
      try Tool.run("convert", try model(), "-o", try path("c.gguf"), "--html", "x").status == 64)
  }
}
