import WeftKernels
import WeftTensors

extension ForwardResult {
  /// The time of what no operation took.
  private var otherSeconds: Double {
    max(0, (runSeconds.last ?? 0) - (profile ?? []).reduce(0) { $0 + $1.entry.duration.inSeconds })
  }

  /// A line for each operation.
  var profileLines: [String] {
    guard let profile else { return [] }
    let rows = profile.map { row(of: $0.name, $0.entry) }
    return ["", "  operation        calls   seconds    share   GFLOP/s"] + rows
      + [line("between them", "", otherSeconds, "")]
  }

  private func row(of name: String, _ entry: OperationProfile.Entry) -> String {
    let seconds = entry.duration.inSeconds
    let rate =
      entry.operationCount > 0 && seconds > 0
      ? "\(Int((entry.operationCount / seconds / 1e9).rounded()))" : ""
    return line(name, "\(entry.count)", seconds, rate)
  }

  private func line(_ name: String, _ count: String, _ seconds: Double, _ rate: String) -> String {
    let share = seconds / max(runSeconds.last ?? 0, 1e-9) * 100
    return "  " + name.padding(to: 14) + count.leading(8) + fixed(seconds, 3).leading(10)
      + (fixed(share, 1) + " %").leading(9) + rate.leading(10)
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    let factor = digits == 3 ? 1000.0 : 10.0
    let whole = Int((value * factor).rounded())
    let (front, rest) = (whole / Int(factor), whole % Int(factor))
    let text = String(rest)
    return "\(front)." + String(repeating: "0", count: digits - text.count) + text
  }

  /// The operations for programs.
  var profileJSON: JSONValue? {
    profile.map { profile in
      .array(
        profile.map { name, entry in
          .object([
            .init("operation", .string(name)), .init("calls", .integer(entry.count)),
            .init("seconds", .number(entry.duration.inSeconds)),
            .init("flop", .number(entry.operationCount)),
          ])
        })
    }
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func leading(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
