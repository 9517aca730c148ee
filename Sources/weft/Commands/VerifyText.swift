import WeftKernels
import WeftVerify

/// A proof as people read it.
enum VerifyText {
  /// The lines about a candidate.
  static func lines(_ proof: Proof, candidate: String) -> [String] {
    var lines = ["\(proof.passes ? "pass" : "FAIL"): \(candidate)"]
    lines += proof.checks.map { "  \($0.passes ? "ok  " : "FAIL") \($0.name): \($0.detail)" }
    if !proof.comparisons.isEmpty, let worst = proof.worst, !worst.isEqual {
      lines.append(
        "  worst tensor: \(worst.name), relative L2 "
          + HumanText.scientific(worst.numbers.relativeL2))
    }
    return lines + (proof.forward?.components ?? []).flatMap(self.lines)
      + (proof.image.map(self.lines) ?? [])
  }

  private static func lines(_ report: ImageReport) -> [String] {
    let table =
      [["picture", "PSNR", "SSIM", "latents", "prediction"]]
      + report.cases.enumerated().map { index, made in
        [
          "\(index + 1)", made.isEqual ? "equal" : HumanText.decibels(made.decibels),
          made.similarity.map(rounded) ?? "-", HumanText.scientific(made.lastLatents),
          HumanText.scientific(made.worstPrediction),
        ]
      }
    return ["  pictures: \(report.settings)"]
      + table.map { row in
        "    " + zip(row, [8, 11, 10, 12, 12]).map { padded($0, to: $1) }.joined()
      }
      + report.cases.enumerated().map { "    picture \($0 + 1): \($1.prompt)" }
  }

  private static func lines(_ component: ForwardReport.Component) -> [String] {
    let counts =
      "\(HumanText.count(component.modules.count, "module")), "
      + HumanText.count(component.cases.count, "case")
    guard !component.isEqual else {
      return ["  \(component.name): every module gives the same values (\(counts))"]
    }
    let lines = component.outputs.map { line($0.path, words($0, in: component)) }
    return ["  \(component.name): \(counts)"] + lines + modules(component)
      + timesteps(component)
  }

  /// The first module out of tolerance; when none is, the worst one.
  private static func modules(_ component: ForwardReport.Component) -> [String] {
    guard let divergence = component.firstDivergent else {
      return component.worstModule.map {
        [line("worst module", "\($0.path), \(words($0, in: component))")]
      } ?? []
    }
    let count = component.divergentModules.count
    return [
      line(
        "diverges at",
        "\(divergence.path), relative L2 \(HumanText.scientific(divergence.relativeL2)), accepted "
          + "\(HumanText.scientific(component.tolerance.modules)) "
          + "(\(component.title(ofCase: divergence.caseIndex)))"),
      line(
        "", "\(HumanText.count(count, "module")) of \(component.modules.count) out of tolerance"),
    ]
  }

  private static func words(
    _ module: ForwardReport.Module, in component: ForwardReport.Component
  ) -> String {
    guard module.worst > 0 else { return "the same values in all cases" }
    let numbers = module.worstNumbers
    guard numbers.nonFiniteMismatches == 0 else {
      return "not finite (\(component.title(ofCase: module.worstCase)))"
    }
    return "relative L2 \(HumanText.scientific(numbers.divergence)), "
      + "SNR \(HumanText.decibels(numbers.decibels)), "
      + "cosine \(rounded(numbers.cosine)) (\(component.title(ofCase: module.worstCase)))"
  }

  /// The worst error of all outputs at every timestep, as a table.
  private static func timesteps(_ component: ForwardReport.Component) -> [String] {
    let timesteps = Set(component.cases.compactMap(\.timestep)).sorted(by: >)
    guard !timesteps.isEmpty, !component.outputs.isEmpty else { return [] }
    let rows = timesteps.map { timestep -> [String] in
      let numbers = component.outputs.flatMap { zip(component.cases, $0.numbers) }
        .filter { $0.0.timestep == timestep }.map(\.1)
      let worst = numbers.max { $0.divergence < $1.divergence } ?? Comparison()
      return [
        "\(timestep)", HumanText.scientific(worst.divergence), HumanText.decibels(worst.decibels),
      ]
    }
    let table = [["timestep", "relative L2", "SNR"]] + rows
    return table.map { row in
      "    " + zip(row, [8, 13, 11]).map { padded($0, to: $1) }.joined()
    }
  }

  private static func line(_ title: String, _ text: String) -> String {
    "    \(title)\(String(repeating: " ", count: max(1, 14 - title.count)))\(text)"
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Six decimals.
  private static func rounded(_ value: Double) -> String {
    "\((value * 1_000_000).rounded() / 1_000_000)"
  }
}
