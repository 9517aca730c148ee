import WeftKernels

/// What came of one network: its outputs, and where its modules differ.
struct ForwardSection {
  private let component: ForwardReport.Component
  private let title: String

  init(_ component: ForwardReport.Component) {
    self.component = component
    title = HTMLText.escaped(component.name)
  }

  /// The sections; of a network that is equal everywhere, only that it is so.
  var html: String {
    ([summary] + (component.isEqual || component.modules.isEmpty ? [] : plots)
      + (component.modules.isEmpty ? [] : [all]))
      .joined(separator: "\n")
  }

  private var plots: [String] {
    let timesteps = TimestepPlot(component).map { plot in
      section(
        "error by timestep",
        "The outputs of every case. The axis on the right says the same in decibels.", plot.html)
    }
    return [
      section(
        "error by depth",
        "Every module in the order of the network, a line a case. What is equal, and what is not finite, has a lane of "
          + "its own.", DepthPlot(component).html),
      timesteps ?? "",
      section(
        "error by block", "The largest relative L2 of the modules of a block in each case.",
        BlockHeatMap(component).html),
      section(
        "distribution of errors", "How many modules have which relative L2 in their worst case.",
        ErrorHistogram(component.modules.map(\.worst), of: "modules").html),
      section("worst modules", "Those that are furthest off in a case.", worst),
    ]
  }

  private func section(_ words: String, _ about: String, _ content: String) -> String {
    "<section><h2>\(title): \(words)</h2><p class=\"soft\">\(about)</p>\n\(content)</section>"
  }

  private var summary: String {
    """
    <section><h2>\(title)</h2>
    <p class="soft">\(Figures.counted(component.modules.count, "module")), \
    \(Figures.counted(component.cases.count, "case")). \(tolerance)</p>
    \(verdict)
    \(ErrorTable(component.outputs.map { row($0, limit: component.tolerance.outputs) }, kind: "Output", noteTitle: "Worst case").html)
    <p class="soft cases"><span>Cases:</span> \(cases)</p></section>
    """
  }

  private var tolerance: String {
    let tolerance = component.tolerance
    let words =
      tolerance.outputs == 0 && tolerance.modules == 0
      ? "Everything must be equal"
      : "Accepted: relative L2 up to \(Figures.short(Figures.number(tolerance.outputs))) of outputs, "
        + "\(Figures.short(Figures.number(tolerance.modules))) of modules"
    return words + (tolerance.reason.isEmpty ? "." : ": \(HTMLText.escaped(tolerance.reason)).")
  }

  private var verdict: String {
    if component.isEqual {
      return
        "<p class=\"calm\"><b class=\"ok\">Every module gives exactly the reference's values in every case.</b></p>"
    }
    guard let divergence = component.firstDivergent else {
      return "<p class=\"calm\"><b class=\"ok\">Every module is within the tolerance.</b></p>"
    }
    let count = component.divergentModules.count
    return
      "<p class=\"alarm\"><b class=\"fail\">\(Figures.counted(count, "module")) out of tolerance.</b> The first: "
      + "<span class=\"name\">\(HTMLText.escaped(divergence.path))</span>, relative L2 "
      + "\(Figures.number(divergence.relativeL2)) in case "
      + "\(HTMLText.escaped(component.title(ofCase: divergence.caseIndex))).</p>"
  }

  private var cases: String {
    component.cases.map { "<span>\(HTMLText.escaped($0.title))</span>" }.joined(separator: " ")
  }

  private var worst: String {
    let modules = component.modules.filter { $0.worst > 0 }.sorted { $1.worst < $0.worst }
    return table(Array(modules.prefix(ErrorTable.shownCount)))
  }

  private var all: String {
    """
    <section><details><summary>\(title): all \(Figures.counted(component.modules.count, "module"))</summary>
    \(table(component.modules))</details></section>
    """
  }

  private func table(_ modules: [ForwardReport.Module]) -> String {
    ErrorTable(
      modules.map { row($0, limit: component.tolerance.modules) }, kind: "Module",
      noteTitle: "Worst case"
    ).html
  }

  private func row(_ module: ForwardReport.Module, limit: Double) -> ErrorTable.Row {
    ErrorTable.Row(
      name: module.path, numbers: module.worstNumbers,
      note: module.worst > 0 ? component.title(ofCase: module.worstCase) : "equal",
      fails: module.worst > limit)
  }
}
