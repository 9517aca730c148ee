import WeftKernels

/// The main numbers of a proof.
struct ProofTiles {
  private let proof: Proof

  init(_ proof: Proof) { self.proof = proof }

  /// The tiles side by side.
  var html: String { Tile.html([checks] + image + forward + [tensor].compactMap(\.self)) }

  private var checks: Tile {
    let passed = proof.checks.count(where: \.passes)
    return Tile(
      "\(passed) of \(proof.checks.count)", "checks pass", tone: proof.passes ? .good : .bad)
  }

  private var forward: [Tile] {
    guard let report = proof.forward, let (component, output) = report.worstOutput else {
      return []
    }
    let place = "\(component.name), \(output.path)"
    let passes = report.components.allSatisfy(\.outputsPass)
    return [
      Tile(
        output.worst == 0 ? "equal" : Figures.number(output.worst),
        "relative L2 of the worst output: \(place)", tone: passes ? .good : .bad),
      Tile(
        Figures.decibels(output.worstNumbers.decibels), "signal to noise of that output"),
      divergence(report),
    ]
  }

  private var image: [Tile] {
    guard let report = proof.image, let worst = report.worstCase else { return [] }
    let isEqual = worst.decibels == .infinity
    let prediction = report.cases.map(\.worstPrediction).max() ?? 0
    return [
      Tile(
        isEqual ? "equal" : Figures.decibels(worst.decibels),
        isEqual
          ? "all \(Figures.counted(report.cases.count, "picture"))" : "PSNR of the worst picture",
        tone: worst.decibels >= report.tolerance.decibels ? .good : .bad),
      Tile(
        prediction == 0 ? "equal" : Figures.number(prediction),
        "relative L2 of the worst prediction on the reference's latents",
        tone: prediction <= report.tolerance.prediction ? .good : .bad),
    ]
  }

  private func divergence(_ report: ForwardReport) -> Tile {
    let count = report.components.reduce(0) { $0 + $1.modules.count }
    guard let (component, divergence) = report.firstDivergent else {
      return Tile("none", "of \(Figures.counted(count, "module")) out of tolerance", tone: .good)
    }
    return Tile(
      divergence.path, "first module out of tolerance, in \(component.name)", tone: .bad,
      isName: true)
  }

  private var tensor: Tile? {
    guard let worst = proof.comparisons.isEmpty ? nil : proof.worst else { return nil }
    let count = Figures.counted(proof.comparisons.count, "tensor")
    if proof.comparisons.allSatisfy(\.isEqual) { return Tile("equal", "all \(count)", tone: .good) }
    return Tile(
      Figures.number(worst.numbers.divergence), "relative L2 of the worst tensor, \(worst.name)")
  }
}
