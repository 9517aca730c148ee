import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTransform
import WeftVerify

@Suite("The page of a quantisation")
struct QuantizationPageTests {
  /// A name that would be markup if it were not escaped.
  static let hostileName = "<script src=\"http://x/\">&'.0.weight"

  /// The report of a small model of no architecture.
  private func report() throws -> QuantizationReport {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let input = folder.appendingPathComponent("in.safetensors").path
    try HashedFile.write(
      try [Self.hostileName, "blocks.2.weight", "blocks.10.weight"].map {
        try HashedFile.Tensor($0, [70, 512], .f16, tag: "page", seed: "x.weight")
      } + [try HashedFile.Tensor("vector", [300], .f32, tag: "page", seed: "v.weight")],
      to: input, options: RunOptions(threads: 1))
    var recipe = ConvertRecipe(inputPath: input)
    recipe.output.format = .gguf
    recipe.output.quantization = QuantizationRecipe(type: "q4_k")
    let plan = try ConvertPlanner.plan(recipe, library: .embedded(), threads: 1)
    var options = RunOptions(threads: 1)
    options.measuresLoss = true
    let summary = try plan.runner(options: options).run(
      path: folder.appendingPathComponent("out.gguf").path, inputs: []
    ) { _ in }
    return try #require(QuantizationReport(plan, summary: summary))
  }

  @Test("is well formed, and loads and runs nothing")
  func wellFormed() throws {
    let page = QuantizationPage(try report(), input: "in <&>", output: "out\"").html
    #expect(try Markup(page).unbalanced == nil)
    for word in ["http:", "https:", "<script", "<link", "<img", "src=", "@import", "url(", "href"] {
      let outside = page.replacingOccurrences(of: "src=&quot;http://x/", with: "")
      #expect(!outside.contains(word), "\(word)")
    }
    #expect(page.contains("in &lt;&amp;&gt;") && page.contains("&lt;script src=&quot;"))
  }

  @Test("has a section for every question")
  func sections() throws {
    let page = QuantizationPage(try report(), input: "in", output: "out").html
    for title in [
      "Sizes", "Size against error", "Error by depth", "Error by block", "Worst tensors",
      "What has another type, and why", "All 4 tensors",
    ] { #expect(page.contains(title), "\(title)") }
    #expect(!page.contains("What could be chosen"))
    #expect(page.components(separatedBy: "<figure>").count == 1 + 3)
    #expect(page.components(separatedBy: "<circle").count == 1 + 3)
    let (two, ten) = (page.range(of: "blocks.2:"), page.range(of: "blocks.10:"))
    #expect(try #require(two).lowerBound < #require(ten).lowerBound)
  }

  @Test("draws the curve of a search, and leaves out what has no place on it")
  func curve() throws {
    let points = [(900, 0.5), (1200, 0.1), (4000, 0.01), (5000, 0)].map {
      SizeCurve.Point(byteCount: $0, error: $1)
    }
    let curve = SizeCurve(points, chosen: points[1])
    let page = QuantizationPage(try report(), input: "in", output: "out", curve: curve).html
    #expect(page.contains("What could be chosen"))
    #expect(page.components(separatedBy: "<circle").count == 1 + 3 + 4)
    #expect(try Markup(page).unbalanced == nil)
  }
}
