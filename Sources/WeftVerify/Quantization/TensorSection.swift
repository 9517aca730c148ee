import WeftKernels
import WeftTensors
import WeftTransform

/// What single tensors lost.
struct TensorSection {
  private let report: QuantizationReport
  private let colors: TypeColors

  /// The most tensors that are listed as the worst.
  static let worstCount = 20

  init(_ report: QuantizationReport, _ colors: TypeColors) {
    self.report = report
    self.colors = colors
  }

  /// The tensors that lost most; empty when nothing was lost.
  var html: String {
    let worst = report.worst.prefix(Self.worstCount)
    guard let first = worst.first else { return "" }
    let largest = worst.compactMap { $0.loss?.relativeL2 }.filter(\.isFinite).max() ?? 1
    return """
      <section><h2>Worst tensors</h2>
      <p class="soft">The \(worst.count == 1 ? "one" : "\(worst.count)") with the largest relative errors, from \
      \(Figures.number(first.loss?.relativeL2 ?? 0)) down.</p>
      <div class="wide"><table>\(Self.head(hasBar: true))
      \(worst.map { row($0, largest: largest) }.joined(separator: "\n"))</table></div></section>
      """
  }

  /// All tensors, folded away.
  var all: String {
    """
    <section><details><summary>All \(Figures.count(report.tensors.count)) tensors</summary>
    <div class="wide"><table>\(Self.head(hasBar: false))
    \(report.tensors.map { row($0, largest: nil) }.joined(separator: "\n"))</table></div></details></section>
    """
  }

  private static func head(hasBar: Bool) -> String {
    let numbers = ["SNR", "RMSE", "Largest", "Cosine", "Flushed", "Saturated"]
    return "<tr><th>Tensor</th><th>Type</th><th class=\"number\">Bits</th>"
      + "<th class=\"number\">Relative L2</th>" + (hasBar ? "<th></th>" : "")
      + numbers.map { "<th class=\"number\">\($0)</th>" }.joined() + "</tr>"
  }

  private func row(_ tensor: QuantizationReport.Tensor, largest: Double?) -> String {
    let error = tensor.loss?.relativeL2
    let share = largest.map { min(1, (error ?? 0) / $0) }
    let bar = share.map {
      "<td class=\"bar-cell\"><div class=\"bar\" style=\"width:\(Int(($0.isFinite ? $0 : 1) * 100))%\"></div></td>"
    }
    let why = tensor.decision.reason.map {
      "<br><span class=\"soft\">\(HTMLText.escaped($0))</span>"
    }
    return
      "<tr><td class=\"tensor\"><span class=\"name\">\(HTMLText.escaped(tensor.decision.name))</span>"
      + "\(largest == nil ? why ?? "" : "")</td>"
      + "<td class=\"type\">\(colors.key(tensor.decision.form))</td>"
      + "<td class=\"number\">\(Figures.fixed(tensor.bitsPerElement, 2))</td>"
      + "<td class=\"number\">\(error.map(Figures.number) ?? "–")</td>\(bar ?? "")"
      + numbers(tensor).map { "<td class=\"number\">\($0)</td>" }.joined() + "</tr>"
  }

  private func numbers(_ tensor: QuantizationReport.Tensor) -> [String] {
    guard let loss = tensor.loss else { return [String](repeating: "–", count: 6) }
    return [
      Figures.decibels(loss.signalToNoise), Figures.number(loss.rootMeanSquare),
      Figures.number(loss.maxDifference), Figures.fixed(loss.cosine, 6),
      Figures.count(loss.flushed), Figures.count(tensor.saturated),
    ]
  }
}
