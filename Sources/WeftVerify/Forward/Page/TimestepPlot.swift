/// The errors of a network's outputs at the timesteps of its cases.
struct TimestepPlot {
  private let component: ForwardReport.Component
  private let frame = PlotFrame(height: 320, right: 70, top: 22)
  private let x: (Double) -> Double
  private let scale: ErrorScale

  /// Makes a plot; nil when no case has a timestep.
  init?(_ component: ForwardReport.Component) {
    let timesteps = component.cases.compactMap { $0.timestep.map(Double.init) }
    guard let last = timesteps.max(), let first = timesteps.min() else { return nil }
    self.component = component
    // Timesteps are those of a schedule from 0 up, whatever part of it the cases have.
    let (low, high) = (min(0, first), max(last, first + 1))
    let (start, end) = (frame.left + 10, frame.width - frame.right - 16)
    x = { start + ($0 - low) / (high - low) * (end - start) }
    scale = ErrorScale(
      component.outputs.flatMap { $0.numbers.map(\.divergence) }
        + [component.tolerance.outputs].filter { $0 > 0 }, start: frame.y, end: frame.top)
  }

  /// The drawing; with more than one output a colour each.
  var html: String {
    let timesteps = Set(component.cases.compactMap(\.timestep)).sorted()
    let axes =
      frame.below(timesteps.map { (x(Double($0)), "\($0)") }, title: "timestep")
      + frame.left(scale.ticks, title: "relative L2")
      + frame.right(scale.decibelTicks, title: "SNR, dB")
    let marks = component.outputs.enumerated().map { index, output in
      let style = "t\(index % PageStyle.colorCount)"
      return line(output, timesteps, style) + dots(output, style)
    }
    let keys = component.outputs.enumerated().map { index, output in
      "<span><span class=\"key t\(index % PageStyle.colorCount)\"></span>\(HTMLText.escaped(output.path))</span>"
    }
    return frame.drawing(
      axes + frame.limit(component.tolerance.outputs, on: scale) + marks.joined(),
      about: "Error by timestep")
      + (keys.count > 1 ? "<div class=\"legend\">\(keys.joined())</div>" : "")
  }

  /// Through the worst case of every timestep, where that has a place among the logarithms.
  private func line(_ output: ForwardReport.Module, _ timesteps: [Int], _ style: String) -> String {
    let worst = timesteps.map { timestep in
      let errors = zip(component.cases, output.numbers).filter { $0.0.timestep == timestep }
        .map(\.1.divergence)
      return (Double(timestep), errors.max() ?? 0)
    }.filter { $0.1 > 0 && $0.1.isFinite }
    let points = worst.map { "\(SVG.text(x($0))),\(SVG.text(scale.place($1)))" }
    return "<polyline class=\"\(style) series\" points=\"\(points.joined(separator: " "))\"/>"
  }

  private func dots(_ output: ForwardReport.Module, _ style: String) -> String {
    zip(component.cases, output.numbers).compactMap { input, numbers in
      input.timestep.map { timestep in
        let words =
          "\(output.path), \(input.title): relative L2 \(Figures.number(numbers.divergence)), "
          + "SNR \(Figures.decibels(numbers.decibels))"
        return "<circle class=\"dot \(style)\" cx=\"\(SVG.text(x(Double(timestep))))\" "
          + "cy=\"\(SVG.text(scale.place(numbers.divergence)))\" r=\"5.5\">"
          + "<title>\(HTMLText.escaped(words))</title></circle>"
      }
    }.joined(separator: "\n")
  }
}
