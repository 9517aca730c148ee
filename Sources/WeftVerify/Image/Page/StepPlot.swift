/// The errors of predictions and latents, step by step.
struct StepPlot {
  /// One of the two lines.
  private struct Line {
    let title: String
    let style: String
    let errors: [Double]
  }

  private let steps: [ImageReport.Step]
  private let tolerance: ImageTolerance
  private let lines: [Line]
  private let frame = PlotFrame(height: 320, right: 70, top: 22)
  private let scale: ErrorScale

  init(_ made: ImageReport.Case, _ tolerance: ImageTolerance) {
    (steps, self.tolerance) = (made.steps, tolerance)
    lines = [
      Line(title: "predictions", style: "t0", errors: steps.map(\.prediction.divergence)),
      Line(title: "latents", style: "t1", errors: steps.map(\.latents.divergence)),
    ]
    scale = ErrorScale(
      lines.flatMap(\.errors) + [tolerance.prediction], start: frame.y, end: frame.top)
  }

  /// The drawing with its key.
  var html: String {
    let axes =
      frame.below(ticks, title: "step")
      + frame.left(scale.ticks, title: "relative L2")
      + frame.right(scale.decibelTicks, title: "SNR, dB")
    let keys = lines.map { line in
      "<span><span class=\"key \(line.style)\"></span>\(line.title)</span>"
    }
    return frame.drawing(
      axes + frame.limit(tolerance.prediction, on: scale) + lines.map(drawing).joined(),
      about: "Error by step") + "<div class=\"legend\">\(keys.joined())</div>"
  }

  /// The place of a step.
  private func x(_ step: Int) -> Double {
    let (start, end) = (frame.left + 16, frame.width - frame.right - 16)
    return steps.count < 2
      ? (start + end) / 2 : start + Double(step) / Double(steps.count - 1) * (end - start)
  }

  /// No more than a dozen numbers.
  private var ticks: [(Double, String)] {
    let stride = max(1, (steps.count + 11) / 12)
    return steps.indices.filter { $0 % stride == 0 }.map { (x($0), "\($0 + 1)") }
  }

  private func drawing(_ line: Line) -> String {
    let places = line.errors.enumerated().filter { $1 > 0 && $1.isFinite }
    let points = places.map { "\(SVG.text(x($0))),\(SVG.text(scale.place($1)))" }
    return "<polyline class=\"\(line.style) series\" points=\"\(points.joined(separator: " "))\"/>"
      + line.errors.enumerated().map { dot($0, $1, line) }.joined(separator: "\n")
  }

  private func dot(_ step: Int, _ error: Double, _ line: Line) -> String {
    let words =
      "\(line.title), step \(step + 1) at timestep \(Figures.short(Figures.fixed(steps[step].timestep, 1))): "
      + "relative L2 \(Figures.number(error))"
    return "<circle class=\"dot \(line.style)\" cx=\"\(SVG.text(x(step)))\" "
      + "cy=\"\(SVG.text(scale.place(error)))\" r=\"4.5\"><title>\(HTMLText.escaped(words))</title></circle>"
  }
}
