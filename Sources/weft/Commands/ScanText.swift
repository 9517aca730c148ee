import WeftFormats
import WeftTensors
import WeftTransform

/// A scan as people read it.
enum ScanText {
  static func text(_ report: ScanReport) -> String {
    let lines = report.files.flatMap { file in
      [pad(file.verdict.rawValue, to: 12) + printable(file.path)]
        + file.findings.map { "  " + line($0) }
    }
    return (lines + [summary(report)]).joined(separator: "\n")
  }

  private static func line(_ finding: ScanReport.Finding) -> String {
    let place = finding.member.map { "\($0), byte \(finding.offset)" } ?? "byte \(finding.offset)"
    return pad(finding.severity.rawValue, to: 12) + printable("\(finding.what) (\(place))")
  }

  private static func summary(_ report: ScanReport) -> String {
    let counts = [ScanReport.Verdict.safe, .unsafe, .unreadable].map { verdict in
      "\(report.files.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return HumanText.count(report.files.count, "file") + ": " + counts.joined(separator: ", ")
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
