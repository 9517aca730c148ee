extension ForwardReport {
  /// The questions about every network and their answers.
  package var checks: [Proof.Check] {
    components.flatMap {
      [$0.configurationCheck, $0.outputCheck, $0.moduleCheck].compactMap(\.self)
    }
  }
}

extension ForwardReport.Component {
  /// A complaint about configurations; nil when they agree, or only one model has one.
  fileprivate var configurationCheck: Proof.Check? {
    guard !differingKeys.isEmpty else { return nil }
    return Proof.Check(
      name: "\(name): the configurations agree", passes: false,
      detail: "config.json has another " + differingKeys.joined(separator: ", ")
        + " than the reference's, with which both were run")
  }

  fileprivate var outputCheck: Proof.Check {
    let worst = outputs.max { $0.worst < $1.worst }
    let found = worst.map { "\($0.path) \(Figures.number($0.worst))" } ?? "no output"
    return Proof.Check(
      name: "\(name): the outputs are the reference's", passes: outputsPass,
      detail: "relative L2 \(found) at worst of \(cases.count) inputs; accepted: "
        + "\(Figures.number(tolerance.outputs)) \(tolerance.reason)")
  }

  fileprivate var moduleCheck: Proof.Check {
    let accepted = "accepted: \(Figures.number(tolerance.modules))"
    guard let first = firstDivergent else {
      let worst = worstModule.map { "\($0.path) \(Figures.number($0.worst))" } ?? "none"
      return Proof.Check(
        name: "\(name): every module's output is the reference's", passes: true,
        detail: "\(modules.count) modules, the worst \(worst); \(accepted)")
    }
    return Proof.Check(
      name: "\(name): every module's output is the reference's", passes: false,
      detail: "\(first.path) is the first that is off: relative L2 "
        + "\(Figures.number(first.relativeL2)) for \(cases[first.caseIndex].title); \(accepted)")
  }
}

extension Proof {
  /// The same proof with the networks' own questions and answers.
  package func adding(_ report: ForwardReport, _ others: [Check] = []) -> Proof {
    Proof(
      level: .forward, checks: checks + others + report.checks, tensorCount: tensorCount,
      comparisons: comparisons, forward: report)
  }

  /// The same proof, of a model whose networks cannot be run since tensors are missing or do not fit.
  package var withoutForward: Proof {
    let check = Check(
      name: "the networks compute what the reference's do", passes: false,
      detail: "they were not run, since the tensors are not those of the reference")
    return Proof(
      level: .forward, checks: checks + [check], tensorCount: tensorCount,
      comparisons: comparisons)
  }
}
