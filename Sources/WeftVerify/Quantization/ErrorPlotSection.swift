import WeftKernels
import WeftTensors
import WeftTransform

/// How much every tensor saved and lost: a point a tensor on logarithmic axes.
struct ErrorPlotSection {
  private let tensors: [QuantizationReport.Tensor]
  private let colors: TypeColors
  private let frame = PlotFrame()

  init(_ report: QuantizationReport, _ colors: TypeColors) {
    tensors = report.worst.filter {
      $0.decision.byteCountBefore > $0.decision.byteCount && ($0.loss?.relativeL2.isFinite ?? false)
    }
    self.colors = colors
  }

  /// The section; empty when no tensor both saved and lost.
  var html: String {
    guard
      let x = LogScale(tensors.map(saving), start: frame.x, end: frame.width - frame.right),
      let y = LogScale(tensors.map(error), start: frame.y, end: frame.top)
    else { return "" }
    let axes =
      frame.below(
        x.ticks.map { (x.place($0), Figures.short(Figures.bytes(Int($0.rounded())))) },
        title: "bytes saved")
      + frame.left(
        y.ticks.map { (y.place($0), Figures.short(Figures.number($0))) }, title: "relative L2")
    // Large tensors first, so that they do not hide small ones.
    let dots = tensors.sorted { (saving($1), $1.decision.name) < (saving($0), $0.decision.name) }
      .map { dot($0, x, y) }
    var seen: Set<String> = []
    let types = tensors.map(\.decision.form).filter { seen.insert($0).inserted }
    return """
      <section><h2>Size against error</h2>
      <p class="soft">Every point is a tensor: what it saved, and what that cost.</p>
      \(frame.drawing(axes + dots.joined(separator: "\n"), about: "Bytes saved against relative error"))
      <div class="legend">\(types.sorted().map(colors.key).joined())</div></section>
      """
  }

  private func saving(_ tensor: QuantizationReport.Tensor) -> Double {
    Double(tensor.decision.byteCountBefore - tensor.decision.byteCount)
  }

  private func error(_ tensor: QuantizationReport.Tensor) -> Double {
    tensor.loss?.relativeL2 ?? 0
  }

  private func dot(
    _ tensor: QuantizationReport.Tensor, _ x: LogScale, _ y: LogScale
  ) -> String {
    let words =
      "\(tensor.decision.name): \(tensor.decision.form), saved "
      + "\(Figures.bytes(Int(saving(tensor)))), relative L2 \(Figures.number(error(tensor)))"
    return "<circle class=\"dot \(colors.name(tensor.decision.form))\" "
      + "cx=\"\(SVG.text(x.place(saving(tensor))))\" cy=\"\(SVG.text(y.place(error(tensor))))\" r=\"4.5\">"
      + "<title>\(HTMLText.escaped(words))</title></circle>"
  }
}
