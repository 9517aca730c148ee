import WeftKernels
import WeftTensors
import WeftTransform

/// What a quantisation decided and lost, as people read it.
enum QuantizationText {
  /// The most reasons of one kind that are listed.
  private static let reasonLimit = 5
  /// The most tensors that are named as the worst.
  private static let worstLimit = 3

  /// The lines of a plan or a summary.
  static func lines(_ report: QuantizationReport) -> [String] {
    var lines = [line("types", report.types.map(type).joined(separator: ", "))]
    lines += reasons(report.kept, as: "kept")
    lines += reasons(report.chosen, as: "chosen")
    lines += reasons(report.fallbacks, as: "fallback")
    lines.append(line("size", size(report)))
    if let loss = report.loss {
      lines.append(line("loss", words(loss, saturated: report.saturated)))
      lines += report.worst.prefix(worstLimit).map { line("worst", worst($0)) }
    }
    return lines
  }

  private static func line(_ title: String, _ text: String) -> String {
    "  \(title)\(String(repeating: " ", count: max(1, 12 - title.count)))\(text)"
  }

  private static func type(_ group: QuantizationReport.Group) -> String {
    "\(group.tensors.count) \(group.title) (\(HumanText.bytes(group.byteCount)))"
  }

  /// One line a reason, most tensors first.
  private static func reasons(
    _ groups: [QuantizationReport.Group], as title: String
  ) -> [String] {
    var lines = groups.prefix(reasonLimit).map { group in
      line(
        title,
        "\(HumanText.count(group.tensors.count, "tensor")) as \(group.types.joined(separator: ", ")): \(group.title)"
      )
    }
    if groups.count > reasonLimit {
      let rest = groups.dropFirst(reasonLimit).reduce(0) { $0 + $1.tensors.count }
      lines.append(
        line(title, "\(HumanText.count(rest, "tensor")) for other reasons (all with --json)"))
    }
    return lines
  }

  private static func size(_ report: QuantizationReport) -> String {
    let before = report.byteCountBefore
    let share = Double(report.byteCount) / Double(max(1, before))
    return "\(HumanText.bytes(before)) -> \(HumanText.bytes(report.byteCount)), "
      + "\(decimal(share * 100)) %, \(decimal(report.bitsPerElement)) bits a weight"
  }

  private static func words(_ loss: Comparison, saturated: Int) -> String {
    let ratio = loss.signalToNoise.isFinite ? ", SNR \(decimal(loss.signalToNoise)) dB" : ""
    return "relative L2 \(HumanText.scientific(loss.relativeL2))\(ratio), largest error "
      + HumanText.scientific(loss.maxDifference)
      + (loss.flushed > 0 ? ", \(loss.flushed) flushed to zero" : "")
      + (saturated > 0 ? ", \(saturated) saturated" : "")
  }

  private static func worst(_ tensor: QuantizationReport.Tensor) -> String {
    "relative L2 \(HumanText.scientific(tensor.loss?.relativeL2 ?? 0)) in "
      + "\(tensor.decision.name) (\(tensor.decision.form))"
  }

  /// Two decimals.
  private static func decimal(_ value: Double) -> String {
    "\((value * 100).rounded() / 100)"
  }
}
