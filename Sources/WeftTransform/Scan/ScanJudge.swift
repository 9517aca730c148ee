import WeftFiles
import WeftFormats

/// Judges the pickles of a file by what they name and would call.
struct ScanJudge {
  let names: PickleNames

  /// The verdict on a file.
  func judge(_ search: PickleSearch, path: String) -> ScanReport.File {
    var findings: [ScanReport.Finding] = []
    var isReadable = search.obstacles.isEmpty
    for pickle in search.found {
      findings += self.findings(in: pickle)
      if pickle.problem != nil { isReadable = false }
    }
    findings += search.scripts.map {
      ScanReport.Finding(offset: 0, member: $0, what: "TorchScript code", severity: .suspicious)
    }
    findings += search.obstacles.map {
      ScanReport.Finding(offset: 0, member: $0.member, what: $0.what, severity: .notice)
    }
    let isUnsafe = findings.contains { $0.severity >= .suspicious }
    let verdict: ScanReport.Verdict = isUnsafe ? .unsafe : isReadable ? .safe : .unreadable
    return ScanReport.File(path: path, verdict: verdict, findings: findings)
  }

  private func findings(in pickle: PickleSearch.Found) -> [ScanReport.Finding] {
    var findings: [ScanReport.Finding] = []
    func add(_ offset: Int, _ what: String, _ severity: PickleNames.Severity) {
      findings.append(
        ScanReport.Finding(
          offset: offset, member: pickle.member, what: what, severity: severity))
    }
    for global in pickle.globals {
      let severity = names.severity(of: global)
      if severity > .harmless { add(global.offset, global.title, severity) }
    }
    if let offset = pickle.computedCallOffset {
      add(offset, "a call of what another call gives", .suspicious)
    }
    if let problem = pickle.problem {
      // What runs before the malformed place has run when a reader notices it; a download that stopped among
      // harmless names is no trick.
      let isCutShort = problem == .truncated && !findings.contains { $0.severity >= .suspicious }
      let what = "malformed pickle: \(problem.what)"
      add(pickle.offset, what, pickle.hasCalled && !isCutShort ? .suspicious : .notice)
    }
    return findings
  }
}
