import WeftTensors
import WeftVerify

/// The status of a manifest as one self-contained HTML page.
package struct StatusPage {
  private let status: PipelineStatus
  private let name: String
  /// The most failures that the page lists.
  private static let failureLimit = 1000

  /// Makes the page of a manifest or pipeline of a name.
  package init(_ status: PipelineStatus, name: String) {
    self.status = status
    self.name = name
  }

  /// The page.
  package var html: String {
    let failed = status.count(.failed) + status.count(.transient)
    let isDone = status.count(.done) == status.stages.count
    let title =
      isDone
      ? "All \(status.stages.count) models are done"
      : "\(status.count(.done)) of \(status.stages.count) models are done"
        + (failed > 0 ? ", \(failed) failed" : "")
    return HTMLText.page(
      title: "weft: \(name)",
      body: """
        <main><header class="verdict \(failed > 0 ? "fail" : "ok")"><h1>\(title)</h1>
        <p class="path"><code>\(HTMLText.escaped(name))</code></p></header>
        \(bar)\(tiles)\(failures)</main>
        """)
  }

  private static let colors: [(PipelineStatus.Stage, String, color: String)] = [
    (.done, "done", "--t2"), (.running, "running", "--t0"), (.interrupted, "interrupted", "--t1"),
    (.transient, "failed, may be retried", "--t3"), (.failed, "failed for good", "--t5"),
    (.waiting, "waiting", "--p2"),
  ]

  private var bar: String {
    let width = 1000.0
    let total = Double(max(1, status.stages.count))
    var x = 0.0
    let parts = Self.colors.compactMap { stage, _, color -> String? in
      let count = status.count(stage)
      guard count > 0 else { return nil }
      let share = Double(count) / total * width
      defer { x += share }
      return "<rect x=\"\(x)\" width=\"\(share)\" height=\"26\" style=\"fill: var(\(color))\"/>"
    }
    let legend = Self.colors.filter { status.count($0.0) > 0 }.map { stage, word, color in
      "<span><i class=\"key\" style=\"background: var(\(color))\"></i>\(status.count(stage)) \(word)</span>"
    }
    return """
      <section><svg viewBox="0 0 1000 26" preserveAspectRatio="none" role="img" \
      aria-label="\(status.count(.done)) of \(status.stages.count) done">\(parts.joined())</svg>
      <div class="legend">\(legend.joined(separator: "\n"))</div></section>

      """
  }

  private var tiles: String {
    func tile(_ value: String, _ word: String) -> String {
      "<div class=\"tile\"><b>\(value)</b><span>\(word)</span></div>"
    }
    let rate = status.doneSeconds > 0 ? Double(status.doneWorkByteCount) / status.doneSeconds : 0
    return """
      <div class="tiles">\(tile(Figures.bytes(status.doneWorkByteCount), "read and written"))
      \(tile(Figures.bytes(Int(min(rate, 1e18))) + "/s", "a worker"))
      \(tile(time(status.secondsLeft), "left with one worker"))
      \(tile(Figures.bytes(status.peakMemoryByteCount), "the most memory of a worker"))</div>

      """
  }

  private var failures: String {
    guard !status.failures.isEmpty else { return "" }
    let rows = status.failures.prefix(Self.failureLimit).map { failure in
      "<tr><td class=\"number\">\(failure.index)</td><td class=\"name\">\(HTMLText.escaped(failure.input))</td>"
        + "<td class=\"number\">\(failure.status.rawValue)</td>"
        + "<td>\(failure.status.isTransient ? "worth a retry" : "for good")</td>"
        + "<td class=\"detail\">\(HTMLText.escaped(failure.message))</td></tr>"
    }
    let more = status.failures.count - rows.count
    return """
      <section><h2>Failures</h2>
      <p class="soft">Their indices, as engines take them: <code>\(IndexRanges.text(status.indices(.failed, .transient)))</code></p>
      <div class="wide"><table><tr><th class="number">index</th><th>model</th><th class="number">code</th><th></th><th>why</th></tr>
      \(rows.joined(separator: "\n"))</table></div>\(more > 0 ? "<p class=\"soft\">and \(more) more</p>" : "")</section>

      """
  }

  /// A century, in seconds.
  private static let timeLimit = 3.2e9

  private func time(_ seconds: Double) -> String {
    // A damaged journal may tell of any times.
    guard seconds < Self.timeLimit else { return "–" }
    if seconds < 60 { return "\(Int(seconds.rounded(.up))) s" }
    let minutes = Int((seconds / 60).rounded(.up))
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
