extension ImageReport {
  /// The questions about the pictures and their answers.
  package var checks: [Proof.Check] {
    guard !cases.isEmpty else { return [] }
    return [predictionCheck, latentCheck, pictureCheck]
  }

  private var predictionCheck: Proof.Check {
    let worst = cases.map(\.worstPrediction).max() ?? 0
    return Proof.Check(
      name: "pictures: every step predicts what the reference predicts of the same latents",
      passes: worst <= tolerance.prediction,
      detail:
        "relative L2 \(Figures.number(worst)) at worst of \(Figures.counted(stepCount, "step")); accepted: "
        + "\(Figures.number(tolerance.prediction)) \(tolerance.reason)")
  }

  private var latentCheck: Proof.Check {
    let worst = cases.map(\.lastLatents).max() ?? 0
    return Proof.Check(
      name: "pictures: the latents after the last step are the reference's",
      passes: worst <= tolerance.latents,
      detail:
        "relative L2 \(Figures.number(worst)) at worst of \(Figures.counted(cases.count, "prompt")); accepted: "
        + Figures.number(tolerance.latents))
  }

  private var pictureCheck: Proof.Check {
    let worst = worstCase?.decibels ?? .infinity
    let similarity = cases.compactMap(\.similarity).min()
    return Proof.Check(
      name: "pictures: the decoded pictures are the reference's",
      passes: worst >= tolerance.decibels,
      detail: (worst == .infinity ? "equal" : "PSNR \(Figures.decibels(worst))")
        + (similarity.map { ", SSIM \(Figures.fixed($0, 4))" } ?? "")
        + " at worst; accepted: \(Figures.decibels(tolerance.decibels))")
  }

  private var stepCount: Int { cases.reduce(0) { $0 + $1.steps.count } }
}

extension Proof {
  /// The same proof with the questions about pictures and their answers.
  package func adding(_ report: ImageReport, _ others: [Check] = []) -> Proof {
    Proof(
      level: .image, checks: checks + others + report.checks, tensorCount: tensorCount,
      comparisons: comparisons, image: report)
  }

  /// The same proof, of a model that cannot make pictures since tensors are missing or do not fit.
  package var withoutImage: Proof {
    let check = Check(
      name: "the model makes the reference's pictures", passes: false,
      detail: "none were made, since the tensors are not those of the reference")
    return Proof(
      level: .image, checks: checks + [check], tensorCount: tensorCount, comparisons: comparisons)
  }
}
