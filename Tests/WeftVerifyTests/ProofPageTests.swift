import Foundation
import Testing
import WeftKernels
import WeftVerify

@Suite("The page of a proof")
struct ProofPageTests {
  /// A text that would be markup if it were not escaped.
  static let hostile = "<script src=\"http://x/\">&'"

  private static func page(_ proof: Proof) throws -> String {
    try ProofPage(proof, candidate: "a", reference: "b").html
  }

  /// Reports of all kinds, with what they are called.
  static let reports: [(String, ForwardReport.Component)] = [
    ("equal", ForwardSamples.unet { _, _, _ in 0 }),
    ("rounded", ForwardSamples.unet(ForwardSamples.rounding)),
    ("swapped", ForwardSamples.unet(ForwardSamples.swapped)),
    ("not finite", ForwardSamples.unet { depth, _, _ in depth < 0.4 ? 0 : .infinity }),
    ("all not finite", ForwardSamples.unet { _, _, _ in .infinity }),
    (
      "mixed",
      ForwardSamples.unet { depth, _, index in index == 0 ? 0 : depth < 0.5 ? 1e-9 : .infinity }
    ),
    ("without cases", ForwardSamples.unet(cases: []) { _, _, _ in 0 }),
    ("without modules", ForwardSamples.unet(paths: []) { _, _, _ in 0 }),
    (
      "one module, one case",
      ForwardSamples.unet(
        paths: ["conv"], cases: [ForwardReport.Case(title: "only")], ForwardSamples.rounding)
    ),
    (
      "hostile",
      ForwardSamples.unet(
        name: hostile, paths: ["\(hostile).0.a", "..", "", "a..b"],
        tolerance: ForwardReport.Tolerance(outputs: 0, modules: 0, reason: hostile),
        cases: [ForwardReport.Case(title: hostile, timestep: -3)], ForwardSamples.rounding)
    ),
  ]

  @Test("is well formed, and loads and runs nothing", arguments: reports)
  func wellFormed(_ name: String, _ component: ForwardReport.Component) throws {
    let proof = ForwardSamples.proof(
      [component],
      comparisons: [
        TensorComparison(
          name: Self.hostile, elementCount: 4096, numbers: ForwardSamples.numbers(0.1),
          hasSameBytes: false)
      ], passes: false, detail: Self.hostile)
    let page = try ProofPage(proof, candidate: Self.hostile, reference: Self.hostile).html
    #expect(try Markup(page).unbalanced == nil)
    let outside = page.replacing("src=&quot;", with: "").replacing("http://x/&quot;", with: "")
    for word in [
      "http:", "https:", "<script", "<link", "<img", "src=", "@import", "url(", "href", "NaN",
      "nan", "inf\"",
    ] {
      #expect(!outside.contains(word), "\(word)")
    }
    #expect(page.contains("&lt;script src=&quot;"))
  }

  @Test("has a section for every question")
  func sections() throws {
    let component = ForwardSamples.unet(ForwardSamples.rounding)
    let page = try Self.page(ForwardSamples.proof([component]))
    for title in [
      "Checks", "error by depth", "error by timestep", "error by block", "distribution of errors",
      "worst modules", "all \(component.modules.count) modules", "F16 weights, computed in float32",
    ] { #expect(page.contains(title), "\(title)") }
    for block in ["down_blocks.0", "mid_block", "up_blocks.3", "conv_in", "time_embedding"] {
      #expect(page.contains(">\(block)</text>"), "\(block)")
    }
    for input in ForwardSamples.cases { #expect(page.contains(">\(input.title)</text>")) }
    #expect(page.contains("Every module is within the tolerance."))
  }

  @Test("says of a model that is equal that it is so, and draws no empty plots")
  func equal() throws {
    let tensor = TensorComparison(
      name: "a.weight", elementCount: 4096, numbers: ForwardSamples.numbers(0), hasSameBytes: true)
    let page = try Self.page(
      ForwardSamples.proof([ForwardSamples.unet { _, _, _ in 0 }], comparisons: [tensor]))
    #expect(page.contains("Every module gives exactly the reference's values"))
    #expect(page.contains("Every tensor is equal.</b> 1 tensor compared."))
    #expect(!page.contains("<svg"))
  }

  @Test("names the first module that is out of tolerance, in the plot, too")
  func divergent() throws {
    let component = ForwardSamples.unet(ForwardSamples.swapped)
    let page = try Self.page(ForwardSamples.proof([component], passes: false))
    #expect(page.contains("The model is not what it should be"))
    #expect(page.contains("first out of tolerance: up_blocks.1.resnets.0.norm1</text>"))
    #expect(page.contains("class=\"tile fail named\"><b>up_blocks.1.resnets.0.norm1</b>"))
    let count = component.modules.count { $0.worst > component.tolerance.modules }
    #expect(page.contains("\(count) modules out of tolerance."))
  }

  @Test("has a place for what is equal and for what is not finite in every plot")
  func lanes() throws {
    let page = try Self.page(
      ForwardSamples.proof([
        ForwardSamples.unet { depth, path, index in
          index == 1 ? 0 : depth < 0.5 ? 1e-4 : .infinity
        }
      ]))
    // The axes of two plots, and of the histogram whose modules are never equal in their worst case.
    #expect(page.components(separatedBy: ">∞</text>").count > 3)
    #expect(page.components(separatedBy: "<path class=\"t1 dots\"").count == 1 + 1)
    #expect(page.components(separatedBy: "<path class=\"t1 series\"").count == 1)
    #expect(page.contains("<rect class=\"equal\"") && page.contains("<rect class=\"infinite\""))
  }

  @Test("draws no module as divergent that is exactly at the tolerance")
  func limit() throws {
    let error = ForwardSamples.numbers(5e-3).relativeL2
    let tolerance = ForwardReport.Tolerance(outputs: error, modules: error, reason: "")
    let page = try Self.page(
      ForwardSamples.proof([ForwardSamples.unet(tolerance: tolerance) { _, _, _ in 5e-3 }]))
    #expect(!page.contains("<rect class=\"beyond\""))
    #expect(page.contains("Every module is within the tolerance."))
  }

  @Test("leaves out the plot of timesteps where no case has one")
  func timesteps() throws {
    let cases = [ForwardReport.Case(title: "prompt 1"), ForwardReport.Case(title: "prompt 2")]
    let page = try Self.page(
      ForwardSamples.proof([ForwardSamples.unet(cases: cases, ForwardSamples.rounding)]))
    #expect(!page.contains("error by timestep") && page.contains("error by depth"))
  }

  @Test("folds away all but the worst tensors")
  func folded() throws {
    let comparisons = (1...30).map { index in
      TensorComparison(
        name: "t\(index).weight", elementCount: 4096,
        numbers: ForwardSamples.numbers(Double(index) / 1000), hasSameBytes: false)
    }
    let page = try Self.page(
      Proof(level: .weights, checks: [], tensorCount: 30, comparisons: comparisons))
    let fold = try #require(page.range(of: "<summary>10 more</summary>")).lowerBound
    let (last, first) = (page.range(of: ">t11.weight<"), page.range(of: ">t10.weight<"))
    #expect(try #require(last).lowerBound < fold && fold < #require(first).lowerBound)
    #expect(try Markup(page).unbalanced == nil)
  }
}
