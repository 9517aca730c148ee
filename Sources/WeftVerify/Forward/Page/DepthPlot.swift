/// The error of every module in the order of the network: a line a case, on a logarithmic axis.
struct DepthPlot {
  private let component: ForwardReport.Component
  private let runs: [ModuleBlocks.Run]
  private let scale: ErrorScale
  private let frame = PlotFrame(height: 440, top: 40, bottom: 96)

  /// Colours of the cases start again after so many, with broken lines.
  private static let colorCount = PageStyle.colorCount
  /// The most characters of a label.
  private static let labelLength = 18
  /// The least room between labels below.
  private static let labelStep = 15.0

  init(_ component: ForwardReport.Component) {
    self.component = component
    runs = ModuleBlocks(component.modules).runs
    let errors = component.modules.flatMap { $0.numbers.map(\.divergence) }
    scale = ErrorScale(
      errors + [component.tolerance.modules].filter { $0 > 0 }, start: frame.y, end: frame.top)
  }

  /// The drawing with its legend.
  var html: String {
    let lines = component.cases.indices.map(line)
    let content =
      [
        borders, frame.left(scale.ticks, title: "relative L2"), labels,
        frame.limit(component.tolerance.modules, on: scale),
      ]
      + lines + [mark] + component.modules.indices.map(hit)
    return """
      \(frame.drawing(content.joined(separator: "\n"), about: "Relative error by depth"))
      <div class="legend">\(component.cases.indices.map(key).joined())</div>
      """
  }

  private func x(_ index: Double) -> Double {
    frame.left + index / Double(component.modules.count) * (frame.width - frame.right - frame.left)
  }

  private func color(_ index: Int) -> String { "t\(index % Self.colorCount)" }

  private func key(_ index: Int) -> String {
    "<span><span class=\"key \(color(index))\"></span>"
      + "\(HTMLText.escaped(component.cases[index].title))</span>"
  }

  /// A case's line, which has gaps where modules are equal or not finite, and dots in their lanes.
  private func line(_ index: Int) -> String {
    var (path, dots, isDown) = ("", "", false)
    for (place, module) in component.modules.enumerated() where index < module.numbers.count {
      let error = module.numbers[index].divergence
      let point = "\(SVG.text(x(Double(place) + 0.5))) \(SVG.text(scale.place(error)))"
      let isDrawn = error > 0 && error.isFinite
      if isDrawn { path += (isDown ? "L" : "M") + point + (isDown ? "" : "h0") }
      if !isDrawn { dots += "M\(point)h0" }
      isDown = isDrawn
    }
    let again = index >= Self.colorCount ? " again" : ""
    return (path.isEmpty ? "" : "<path class=\"\(color(index)) series\(again)\" d=\"\(path)\"/>")
      + (dots.isEmpty ? "" : "<path class=\"\(color(index)) dots\" d=\"\(dots)\"/>")
  }

  private var borders: String {
    runs.dropFirst().map { run in
      let place = x(Double(run.range.lowerBound))
      return SVG.line("grid", place, frame.top, place, frame.y)
    }.joined(separator: "\n")
  }

  /// The names of the blocks, of the largest first as far as there is room.
  private var labels: String {
    var taken: [Double] = []
    var labels: [String] = []
    for run in runs.sorted(by: { $0.range.count > $1.range.count }) {
      let middle = x(Double(run.range.lowerBound + run.range.upperBound) / 2)
      guard taken.allSatisfy({ abs($0 - middle) >= Self.labelStep }) else { continue }
      taken.append(middle)
      labels.append(SVG.turned(Self.label(of: run), middle + 4, frame.y + 14))
    }
    return labels.joined(separator: "\n")
  }

  /// The end of a path, with the word that a number belongs to.
  private static func label(of run: ModuleBlocks.Run) -> String {
    let parts = run.path.split(separator: ".")
    let word = parts.suffix(parts.last.flatMap { Int($0) } == nil ? 1 : 2).joined(separator: ".")
    return Figures.shortened(word, to: labelLength)
  }

  /// The first divergent module, marked and named.
  private var mark: String {
    guard let divergence = component.firstDivergent,
      let index = component.modules.firstIndex(where: { $0.path == divergence.path })
    else { return "" }
    let (x, y) = (x(Double(index) + 0.5), scale.place(divergence.relativeL2))
    let isLeft = x < frame.width / 2
    return SVG.line("mark", x, frame.top - 14, x, frame.y)
      + "<circle class=\"mark\" cx=\"\(SVG.text(x))\" cy=\"\(SVG.text(y))\" r=\"6\"/>"
      + SVG.label(
        "first out of tolerance: \(divergence.path)", "on bad\(isLeft ? "" : " end")",
        x + (isLeft ? 6 : -6), frame.top - 18)
  }

  private func hit(_ index: Int) -> String {
    let module = component.modules[index]
    let words =
      "\(module.path): relative L2 \(Figures.number(module.worst)) (\(component.title(ofCase: module.worstCase)))"
    return SVG.hit(
      words, x: x(Double(index)), y: frame.top, width: x(1) - x(0), height: frame.y - frame.top)
  }
}
