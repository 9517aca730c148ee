import WeftKernels

/// A proof as JUnit XML for continuous integration: a test case a check, an output, and a module out of tolerance.
///
/// Source: https://github.com/testmoapp/junitxml/blob/4c7b1d3/README.md
package struct ProofSuite {
  /// One test case.
  private struct Case {
    let group: String
    let name: String
    let passes: Bool
    let detail: String
  }

  private let candidate: String
  private let cases: [Case]

  /// The most modules of a network that have test cases of their own.
  package static let namedLimit = 20

  /// Makes the suite of a candidate.
  package init(_ proof: Proof, candidate: String) {
    self.candidate = candidate
    cases =
      proof.checks.map {
        Case(group: "weft.verify", name: $0.name, passes: $0.passes, detail: $0.detail)
      } + (proof.forward?.components ?? []).flatMap(Self.cases)
      + (proof.image.map(Self.cases) ?? [])
  }

  private static func cases(_ report: ImageReport) -> [Case] {
    let limits = report.tolerance
    return report.cases.enumerated().map { index, made in
      Case(
        group: "weft.verify.image", name: "picture \(index + 1): \(made.prompt)",
        passes: made.decibels >= limits.decibels && made.lastLatents <= limits.latents
          && made.worstPrediction <= limits.prediction,
        detail: made.isEqual
          ? "equal"
          : "PSNR \(Figures.decibels(made.decibels)), accepted \(Figures.decibels(limits.decibels)); "
            + "relative L2 of the last latents \(HTMLText.short(made.lastLatents)), accepted "
            + "\(HTMLText.short(limits.latents)); of the worst prediction "
            + "\(HTMLText.short(made.worstPrediction)), accepted \(HTMLText.short(limits.prediction))"
      )
    }
  }

  private static func cases(_ component: ForwardReport.Component) -> [Case] {
    let group = "weft.verify.\(component.name)"
    let limits = component.tolerance
    let outputs = component.outputs.map { output in
      Case(
        group: group, name: "output \(output.path)", passes: output.worst <= limits.outputs,
        detail: detail(output, of: component, limit: limits.outputs))
    }
    let divergent = component.divergentModules
    let modules = divergent.prefix(namedLimit).map { module in
      Case(
        group: group, name: "module \(module.path)", passes: false,
        detail: detail(module, of: component, limit: limits.modules))
    }
    guard divergent.count > namedLimit else { return outputs + modules }
    let rest = Case(
      group: group, name: "other modules", passes: false,
      detail: "\(divergent.count - namedLimit) more modules are out of tolerance")
    return outputs + modules + [rest]
  }

  private static func detail(
    _ module: ForwardReport.Module, of component: ForwardReport.Component, limit: Double
  ) -> String {
    guard module.worst > 0 else { return "equal in all cases" }
    return "relative L2 \(HTMLText.short(module.worst)), accepted \(HTMLText.short(limit)), "
      + "in case \(component.title(ofCase: module.worstCase))"
  }

  /// The document.
  package var xml: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="\(HTMLText.escaped(candidate))" tests="\(cases.count)" failures="\(cases.count { !$0.passes })">
    \(cases.map(element).joined(separator: "\n"))
    </testsuite>

    """
  }

  private func element(_ test: Case) -> String {
    let detail = HTMLText.escaped(test.detail)
    return
      "  <testcase classname=\"\(HTMLText.escaped(test.group))\" name=\"\(HTMLText.escaped(test.name))\">"
      + (test.passes
        ? "<system-out>\(detail)</system-out>" : "<failure message=\"\(detail)\"/>")
      + "</testcase>"
  }
}
