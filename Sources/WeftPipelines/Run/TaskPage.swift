import WeftTensors
import WeftVerify

/// The report of a model as one self-contained HTML page.
struct TaskPage {
  let report: TaskReport
  let value: JSONValue

  /// The page.
  var html: String {
    let isDone = value["verdict"]?.text == "done"
    let name = HTMLText.escaped(report.task.input)
    return HTMLText.page(
      title: "weft: \(report.task.input)",
      body: """
        <main><header class="verdict \(isDone ? "ok" : "fail")">
        <h1>\(isDone ? "Everything was made and is what it should be" : "Not everything was made")</h1>
        <p class="path"><code>\(name)</code><br>SHA-256 <code>\(HTMLText.escaped(report.content))</code></p></header>
        \(failures)\(outputs)\(proofs)</main>
        """)
  }

  private var failures: String {
    let rows = (value["failures"]?.elements ?? []).map { failure in
      "<tr><td class=\"fail\">✗ \(text(failure["name"]))</td>"
        + "<td class=\"detail\">\(text(failure["message"]))</td></tr>"
    }
    return section("Failures", rows)
  }

  private var outputs: String {
    let rows = (value["outputs"]?.elements ?? []).map { output in
      let steps = (output["steps"]?.elements ?? []).compactMap(\.text).joined(separator: " → ")
      let tensors = output["run"]?["tensors"]
      let changed = tensors?["changed"]?.integer.map { "\($0) changed" }
      let copied = tensors?["copied"]?.integer.map { "\($0) copied" }
      let cast = tensors?["cast"]?.integer.map { "\($0) cast" }
      let counts = [changed, copied, cast].compactMap(\.self).joined(separator: ", ")
      return
        "<tr><td class=\"name\">\(text(output["path"]))</td><td>\(HTMLText.escaped(steps))</td>"
        + "<td class=\"number\">\(output["bytes"]?.integer.map(Figures.count) ?? "–")</td>"
        + "<td>\(counts)</td></tr>"
    }
    return section(
      "Outputs", rows,
      head: "<th>file</th><th>steps</th><th class=\"number\">bytes</th><th>tensors</th>")
  }

  private var proofs: String {
    let rows = (value["proofs"]?.elements ?? []).map { proof in
      let passes = proof["verdict"]?.text == "pass"
      let worst = proof["proof"]?["worst"]
      let size = worst?["relative_l2"]?.double ?? 0
      // An exact output has no worst tensor; of what was proved long ago the numbers are not known any more.
      let error =
        proof["proof"] == nil ? "–" : size == 0 ? "none" : Figures.number(size)
      let name = size == 0 ? "" : text(worst?["name"])
      return "<tr><td class=\"\(passes ? "ok" : "fail")\">\(passes ? "✓ ok" : "✗ FAIL")</td>"
        + "<td class=\"name\">\(text(proof["of"]))</td><td>\(text(proof["level"]))</td>"
        + "<td class=\"number\">\(error)</td><td class=\"name\">\(name)</td></tr>"
    }
    return section(
      "Proofs", rows,
      head: "<th></th><th>file</th><th>level</th><th class=\"number\">largest relative error</th>"
        + "<th>in</th>")
  }

  private func section(_ title: String, _ rows: [String], head: String = "") -> String {
    guard !rows.isEmpty else { return "" }
    return """
      <section><h2>\(title)</h2><div class="wide"><table><tr>\(head)</tr>
      \(rows.joined(separator: "\n"))</table></div></section>

      """
  }

  private func text(_ value: JSONValue?) -> String { HTMLText.escaped(value?.text ?? "") }
}
