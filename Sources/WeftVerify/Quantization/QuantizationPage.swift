import WeftKernels
import WeftTensors
package import WeftTransform

/// What a quantisation did and lost, as one self-contained HTML page: no scripts, nothing loaded, light and dark.
package struct QuantizationPage {
  private let report: QuantizationReport
  private let input: String
  private let output: String
  private let curve: SizeCurve?

  /// Makes a page about a model that was written; the curve is that of a search for its types.
  package init(
    _ report: QuantizationReport, input: String, output: String, curve: SizeCurve? = nil
  ) {
    self.report = report
    self.input = input
    self.output = output
    self.curve = curve
  }

  /// The page.
  package var html: String {
    let colors = TypeColors(report)
    let sections = [
      SizeSection(report, colors).html, ErrorPlotSection(report, colors).html,
      curve.map { CurveSection($0).html }, DepthSection(report).html, HeatMapSection(report).html,
      TensorSection(report, colors).html, ReasonSection(report).html,
      TensorSection(report, colors).all,
    ]
    return HTMLText.page(
      title: "weft quantize",
      body: """
        <main><header><h1>\(title)</h1>
        <p class="path"><code>\(HTMLText.escaped(input))</code> → <code>\(HTMLText.escaped(output))</code><br>
        \(recipe)</p></header>
        \(tiles)
        \(sections.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n"))
        <footer>Relative L2: the size of all errors beside the size of all values. SNR: the same in decibels. Flushed:
        values that became zero. Saturated: values, or blocks of them, that became infinite or NaN. Errors are measured on
        the float32 values that were encoded, and on those that were cast.</footer></main>
        """)
  }

  private var title: String {
    // A search for a size or an error chooses a type for each tensor.
    report.recipe.chosen.isEmpty
      ? "Quantised to \(HTMLText.escaped(report.recipe.type.uppercased()))"
      : "Quantised to types chosen by tensor"
  }

  private var recipe: String {
    var parts = ["encoder \(report.recipe.encoder.rawValue)", "policy \(report.policy)"]
    parts += report.recipe.rules.map { "rule \($0.pattern)=\($0.type)" }
    if let path = report.recipe.importancePath { parts.append("importance matrix \(path)") }
    return HTMLText.escaped(parts.joined(separator: " · "))
  }

  private var tiles: String {
    var tiles = [
      Tile(
        Figures.bytes(report.byteCount),
        "\(Figures.percent(report.byteCount, of: report.byteCountBefore)) of "
          + Figures.bytes(report.byteCountBefore)),
      Tile("\(Figures.fixed(report.bitsPerElement, 2)) bits", "a weight, all tensors"),
    ]
    if let loss = report.loss {
      tiles += [
        Tile(Figures.number(loss.relativeL2), "relative L2 of the whole model"),
        Tile(Figures.decibels(loss.signalToNoise), "signal to noise"),
        Tile(Figures.number(loss.maxDifference), "largest error"),
        Tile(
          Figures.count(loss.flushed),
          "flushed to zero, \(Figures.count(report.saturated)) saturated"),
      ]
    }
    return Tile.html(tiles)
  }
}
