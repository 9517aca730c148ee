import WeftFiles
import WeftInference

/// What came of the pictures: side by side with what differs, and the errors of every step.
struct ImageSection {
  private let report: ImageReport

  init(_ report: ImageReport) { self.report = report }

  /// The sections: all prompts as a table, then a section for each.
  ///
  /// - Throws: when a picture cannot be written as PNG.
  func html() throws -> String {
    try ([summary] + report.cases.enumerated().map { try section($1, number: $0 + 1) })
      .joined(separator: "\n")
  }

  private var summary: String {
    let rows = report.cases.enumerated().map { row($1, number: $0 + 1) }
    return """
      <section><h2>Pictures</h2>
      <p class="soft">\(HTMLText.escaped(report.settings)). \(tolerance)</p>
      <div class="wide"><table><tr><th></th><th>Prompt</th><th class="number">PSNR</th><th class="number">SSIM</th>
      <th class="number">Last latents</th><th class="number">Worst prediction</th></tr>
      \(rows.joined(separator: "\n"))</table></div></section>
      """
  }

  private var tolerance: String {
    let accepted = report.tolerance
    return "Accepted: relative L2 up to "
      + "\(Figures.short(Figures.number(accepted.prediction))) of predictions, "
      + "\(Figures.short(Figures.number(accepted.latents))) of the last latents, PSNR from "
      + "\(Figures.decibels(accepted.decibels)): \(HTMLText.escaped(accepted.reason))."
  }

  private func row(_ made: ImageReport.Case, number: Int) -> String {
    let limits = report.tolerance
    let cells = [
      (Self.psnr(made), made.decibels < limits.decibels), (Self.ssim(made), false),
      (Figures.number(made.lastLatents), made.lastLatents > limits.latents),
      (Figures.number(made.worstPrediction), made.worstPrediction > limits.prediction),
    ]
    return "<tr><td>\(number)</td><td class=\"tensor\">\(HTMLText.escaped(made.prompt))</td>"
      + cells.map { "<td class=\"number\($1 ? " fail" : "")\">\($0)</td>" }.joined() + "</tr>"
  }

  private func section(_ made: ImageReport.Case, number: Int) throws -> String {
    let title = "<h2>Picture \(number): \(HTMLText.escaped(made.prompt))</h2>"
    let plot =
      made.isEqual || made.steps.isEmpty
      ? ""
      : "<h3>Error by step</h3><p class=\"soft\">Predictions: both models look at the reference's latents. "
        + "Latents: each model goes its own way.</p>"
        + StepPlot(made, report.tolerance).html
    return """
      <section>\(title)<p class="soft">Seed \(made.seed) · PSNR \(Self.psnr(made)) · SSIM \(Self.ssim(made))</p>
      \(try pictures(made.pictures))
      \(plot)</section>
      """
  }

  private func pictures(_ pictures: PictureComparison) throws -> String {
    let factor = Self.amplification(pictures)
    let difference =
      pictures.maximumDifference == 0
      ? "Difference: none"
      : "Difference, \(factor == 1 ? "as it is" : "\(factor) times as bright"); the largest is "
        + "\(Figures.fixed(pictures.maximumDifference * 100, 1)) % of the range"
    return """
      <div class="pictures">\(try figure(pictures.first, "Reference"))
      \(try figure(pictures.second, "Candidate"))
      \(try figure(pictures.difference(amplified: factor), difference))</div>
      """
  }

  private func figure(_ picture: Picture, _ words: String) throws -> String {
    "<figure><img src=\"\(try picture.dataURI())\" width=\"\(picture.width)\" height=\"\(picture.height)\" "
      + "alt=\"\(HTMLText.escaped(words))\"><figcaption>\(HTMLText.escaped(words))</figcaption></figure>"
  }

  /// How many times as bright differences are shown: a power of two that keeps the largest within the range.
  static func amplification(_ pictures: PictureComparison) -> Int {
    let largest = pictures.maximumDifference
    guard largest > 0 else { return 1 }
    var factor = 1
    while factor < mostAmplified, Double(2 * factor) * largest <= 1 { factor *= 2 }
    return factor
  }

  private static let mostAmplified = 64

  private static func psnr(_ made: ImageReport.Case) -> String {
    made.decibels == .infinity ? "equal" : Figures.decibels(made.decibels)
  }

  private static func ssim(_ made: ImageReport.Case) -> String {
    made.similarity.map { Figures.fixed($0, 4) } ?? "–"
  }
}
