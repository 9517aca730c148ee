import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// Plans and reports of runs as people read them.
enum RunText {
  /// The most names of one kind that are listed.
  private static let listLimit = 20
  /// The most names that are listed for one reason.
  private static let namedLimit = 3

  /// What a run did.
  static func summary(_ report: RunReport) -> String {
    let plan = report.plan
    var lines = [
      "\(report.output): \(HumanText.bytes(report.summary.byteCount)) in "
        + "\(HumanText.seconds(report.seconds)), \(counts(plan))"
    ]
    lines += report.adapters.map(adapterLine)
    if let quantization = report.quantization { lines += QuantizationText.lines(quantization) }
    let total = report.summary.total
    if total.overflowed + total.nonFiniteInputs > 0 {
      lines.append(
        "  let through: \(total.nonFiniteInputs) values that are not finite, "
          + "\(total.overflowed) that overflow")
    }
    if total.saturated > 0 {
      let values = HumanText.count(total.saturated, "value")
      lines.append("  \(values) beyond the greatest of the output's type became that")
    }
    if total.underflowed > 0 {
      let values = HumanText.count(total.underflowed, "value")
      lines.append("  \(values) became zero in the output's type")
    }
    if let inPlace = report.inPlace { lines += inPlaceLines(inPlace) }
    lines += dropped(plan).map { "  left out: \($0)" }
    if let frontier = report.frontier { lines += FrontierText.lines(frontier) }
    return lines.map(printable).joined(separator: "\n")
  }

  /// What the output leaves out, a line a reason.
  private static func dropped(_ plan: ModelPlan) -> [String] {
    plan.dropsByReason.map { reason, names in
      let shown = names.prefix(namedLimit).joined(separator: ", ")
      let rest = names.count - namedLimit
      return "\(shown)\(rest > 0 ? " and \(rest) more" : ""): \(reason)"
    }
  }

  private static func inPlaceLines(_ outcome: InPlaceOutcome) -> [String] {
    var lines: [String] = []
    if !outcome.staleKeys.isEmpty {
      lines.append("  no longer true and taken out: \(outcome.staleKeys.joined(separator: ", "))")
    }
    if !outcome.hasRecipeInHeader {
      lines.append("  the header has no room for the recipe; the undo file has it")
    }
    return (lines + ["  the way back: weft undo \(outcome.undoPath)"]).map(printable)
  }

  /// What would be done in place.
  static func plan(_ plan: InPlacePlan) -> String {
    "in place      \(HumanText.bytes(plan.writtenByteCount)) change, "
      + "\(HumanText.bytes(plan.savedByteCount)) go to the undo file, the recipe "
      + (plan.hasRecipeInHeader ? "fits into the header" : "only there")
  }

  /// What would be done.
  static func plan(_ plan: ModelPlan, adapters: [AdapterPlan]) -> String {
    var lines = [
      "base          \(plan.base.checkpoint.path)",
      "architecture  \(plan.base.architectureID), "
        + (plan.base.recognition.layout ?? "unknown layout"),
    ]
    lines += plan.base.recognition.evidence.map { "  because     \($0)" }
    for adapter in adapters { lines += adapterLines(adapter) }
    lines += plan.remarks.map { "note          \($0)" }
    lines.append(
      "output        \(plan.layout.format.rawValue), \(plan.layoutName), "
        + HumanText.bytes(plan.layout.byteCount))
    lines.append("  tensors     \(counts(plan))")
    if let quantization = QuantizationReport(plan) { lines += QuantizationText.lines(quantization) }
    lines.append("  memory      at most \(HumanText.bytes(plan.predictedPeakByteCount))")
    lines += listed(plan.tensors.filter { $0.action == .changed }.map(\.info.name), as: "changed")
    lines += listed(dropped(plan), as: "left out")
    return lines.map(printable).joined(separator: "\n")
  }

  private static func adapterLines(_ adapter: AdapterPlan) -> [String] {
    var lines = ["adapter       \(adapter.request.path)", "  \(adapterLine(adapter))"]
    lines += adapter.rules.map { "  rule        \($0)" }
    lines += listed(adapter.ignored.map { "\($0.name): \($0.reason)" }, as: "left out")
    lines += listed(adapter.unmatched.map { "\($0.name): \($0.reason)" }, as: "unmatched")
    return lines
  }

  private static func adapterLine(_ adapter: AdapterPlan) -> String {
    let request = adapter.request
    let scale =
      request.unetScale == request.textEncoderScale
      ? "\(request.unetScale)"
      : "unet \(request.unetScale), text encoder \(request.textEncoderScale)"
    let blocks = request.blockWeights.map { ", blocks \($0)" } ?? ""
    return
      "  \(adapter.family) at \(scale)\(blocks): \(adapter.applied.count) of \(adapter.tensorCount) "
      + "tensors applied"
      + (adapter.ignored.isEmpty ? "" : ", \(adapter.ignored.count) left out")
      + (adapter.unmatched.isEmpty ? "" : ", \(adapter.unmatched.count) unmatched")
  }

  private static func counts(_ plan: ModelPlan) -> String {
    let kinds: [(PlannedTensor.Action, String)] = [
      (.changed, "changed"), (.copied, "copied"), (.cast, "cast"), (.added, "added"),
    ]
    return kinds.map { (plan.count($0), $1) }.filter { $0.0 > 0 }
      .map { "\($0) \($1)" }.joined(separator: ", ")
  }

  private static func listed(_ names: [String], as title: String) -> [String] {
    let padded = title + String(repeating: " ", count: max(1, 12 - title.count))
    var lines = names.prefix(listLimit).map { "  \(padded)\($0)" }
    if names.count > listLimit {
      lines.append("  \(padded)and \(names.count - listLimit) more (all with --json)")
    }
    return lines
  }
}
