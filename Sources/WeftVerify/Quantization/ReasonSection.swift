import WeftKernels
import WeftTensors
import WeftTransform

/// Why tensors have another type than the one that was asked for.
struct ReasonSection {
  private let report: QuantizationReport

  init(_ report: QuantizationReport) { self.report = report }

  /// The section; empty when every tensor has the type.
  var html: String {
    let rows =
      report.kept.map { row("kept", $0) } + report.chosen.map { row("chosen", $0) }
      + report.fallbacks.map { row("fallback", $0) }
    guard !rows.isEmpty else { return "" }
    return """
      <section><h2>What has another type, and why</h2>
      <div class="wide"><table><tr><th></th><th>Why</th><th>Types</th><th class="number">Tensors</th>
      <th class="number">Size</th><th>Such as</th></tr>
      \(rows.joined(separator: "\n"))</table></div></section>
      """
  }

  private func row(_ kind: String, _ group: QuantizationReport.Group) -> String {
    let example = group.tensors.first?.decision.name ?? ""
    return "<tr><td class=\"soft\">\(kind)</td><td>\(HTMLText.escaped(group.title))</td>"
      + "<td>\(HTMLText.escaped(group.types.joined(separator: ", ")))</td>"
      + "<td class=\"number\">\(Figures.count(group.tensors.count))</td>"
      + "<td class=\"number\">\(Figures.bytes(group.byteCount))</td>"
      + "<td><span class=\"name\">\(HTMLText.escaped(example))</span></td></tr>"
  }
}
