import WeftKernels
import WeftTensors
import WeftTransform

/// Where in the worst tensors the errors are.
struct HeatMapSection {
  private let maps: [ErrorMap]
  private let report: QuantizationReport

  /// The most maps that are drawn.
  static let maximumMapCount = 12

  init(_ report: QuantizationReport) {
    self.report = report
    maps = Array(report.maps.prefix(Self.maximumMapCount))
  }

  /// The section; empty when nothing was encoded.
  var html: String {
    guard !maps.isEmpty else { return "" }
    return """
      <section><h2>Error by block</h2>
      <p class="soft">The tensors with the largest relative errors as matrices, output channels from top to bottom. A cell is
      the RMSE of some rows and columns, whole blocks where rows hold such; the colours go from a map's least to its
      largest cell.</p>
      <div class="maps">\(maps.map(figure).joined(separator: "\n"))</div></section>
      """
  }

  private func figure(_ map: ErrorMap) -> String {
    let least = map.cells.filter(\.isFinite).min() ?? 0
    let most = map.cells.filter(\.isFinite).max() ?? 0
    let type = report.tensors.first { $0.decision.name == map.name }?.decision.form ?? ""
    return """
      <figure><svg class="map" viewBox="0 0 \(map.grid.columnCount) \(map.grid.rowCount)" preserveAspectRatio="none"
      shape-rendering="crispEdges" role="img" aria-label="Errors in \(HTMLText.escaped(map.name))">
      \(paths(map, from: least, to: most))</svg>
      <div class="scale soft"><span>\(Figures.number(Double(least)))</span><i></i><span>\(Figures.number(Double(most)))</span></div>
      <figcaption><span class="name">\(HTMLText.escaped(map.name))</span>
      \(HTMLText.escaped(type)), \(map.grid.rows) × \(map.grid.columns), cells of \(map.grid.cellRows) × \(map.grid.cellColumns)</figcaption></figure>
      """
  }

  /// A path a colour, of runs of cells in a row.
  private func paths(_ map: ErrorMap, from least: Float, to most: Float) -> String {
    let count = PageStyle.heatCount
    var paths = [String](repeating: "", count: count)
    let columns = map.grid.columnCount
    for row in 0..<map.grid.rowCount {
      var column = 0
      while column < columns {
        let level = Self.level(map.cells[row * columns + column], least, most)
        var end = column + 1
        while end < columns, Self.level(map.cells[row * columns + end], least, most) == level {
          end += 1
        }
        paths[level] += "M\(column) \(row)h\(end - column)v1h-\(end - column)z"
        column = end
      }
    }
    return paths.enumerated().filter { !$1.isEmpty }
      .map { "<path class=\"h\($0)\" d=\"\($1)\"/>" }.joined(separator: "\n")
  }

  private static func level(_ value: Float, _ least: Float, _ most: Float) -> Int {
    let last = PageStyle.heatCount - 1
    guard value.isFinite else { return last }
    guard most > least else { return last / 2 }
    return min(last, Int((value - least) / (most - least) * Float(last + 1)))
  }
}
