/// What a search could choose from, as a curve of size against error.
struct CurveSection {
  private let points: [SizeCurve.Point]
  private let chosen: SizeCurve.Point
  private let frame = PlotFrame()

  init(_ curve: SizeCurve) {
    points = curve.points.filter(\.isDrawable).sorted { $0.byteCount < $1.byteCount }
    chosen = curve.chosen
  }

  /// The section; empty when nothing has a place on logarithmic axes.
  var html: String {
    let all = points + (chosen.isDrawable ? [chosen] : [])
    guard
      let x = LogScale(
        all.map { Double($0.byteCount) }, start: frame.x, end: frame.width - frame.right),
      let y = LogScale(all.map(\.error), start: frame.y, end: frame.top)
    else { return "" }
    let axes =
      frame.below(
        x.ticks.map { (x.place($0), Figures.short(Figures.bytes(Int($0.rounded())))) },
        title: "size of the output"
      )
      + frame.left(
        y.ticks.map { (y.place($0), Figures.short(Figures.number($0))) },
        title: "relative L2 of the model")
    let marks =
      points.map { mark($0, "t0", radius: 2.5, x, y) }
      + (chosen.isDrawable ? [mark(chosen, "t1", radius: 6.5, x, y)] : [])
    return """
      <section><h2>What could be chosen</h2>
      <p class="soft">The least error that the search found at every size; the large point is this output.</p>
      \(frame.drawing(axes + curve(x, y) + marks.joined(separator: "\n"), about: "Size against error"))
      </section>
      """
  }

  private func curve(_ x: LogScale, _ y: LogScale) -> String {
    let places = points.map {
      "\(SVG.text(x.place(Double($0.byteCount)))),\(SVG.text(y.place($0.error)))"
    }
    return "<polyline class=\"curve\" points=\"\(places.joined(separator: " "))\"/>"
  }

  private func mark(
    _ point: SizeCurve.Point, _ style: String, radius: Double, _ x: LogScale, _ y: LogScale
  ) -> String {
    "<circle class=\"\(style)\" cx=\"\(SVG.text(x.place(Double(point.byteCount))))\" "
      + "cy=\"\(SVG.text(y.place(point.error)))\" r=\"\(SVG.text(radius))\"><title>"
      + "\(Figures.bytes(point.byteCount)), relative L2 \(Figures.number(point.error))</title></circle>"
  }
}
