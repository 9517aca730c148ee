package import WeftKernels
import WeftTensors

extension QuantizationReport {
  /// Tensors that have something in common.
  package struct Group: Sendable {
    /// What they have in common: a type, a component or a reason.
    package let title: String
    /// The tensors.
    package let tensors: [Tensor]

    /// Their size before, in bytes.
    package var byteCountBefore: Int {
      tensors.reduce(0) { $0 + $1.decision.byteCountBefore }
    }
    /// Their size in the output, in bytes.
    package var byteCount: Int { tensors.reduce(0) { $0 + $1.decision.byteCount } }
    /// What they lost; nil when that was not measured.
    package var loss: Comparison? { QuantizationReport.loss(of: tensors) }
    /// Their types, in the order in which they occur.
    package var types: [String] {
      var seen: Set<String> = []
      return tensors.map(\.decision.form).filter { seen.insert($0).inserted }
    }
  }

  /// The tensors by their type in the output, largest first.
  package var types: [Group] {
    groups(tensors) { $0.form }.sorted {
      ($1.byteCount, $0.title) < ($0.byteCount, $1.title)
    }
  }

  /// The tensors by their type before, largest first.
  package var typesBefore: [Group] {
    groups(tensors) { $0.before }.sorted {
      ($1.byteCountBefore, $0.title) < ($0.byteCountBefore, $1.title)
    }
  }

  /// The tensors by their component, largest first.
  package var components: [Group] {
    groups(tensors) { $0.component ?? "other" }.sorted {
      ($1.byteCountBefore, $0.title) < ($0.byteCountBefore, $1.title)
    }
  }

  /// What stays in higher precision, by the reason, most first.
  package var kept: [Group] { reasons { !$0.isFallback && !isReduced($0) } }

  /// What has another type than the one that was asked for by a rule or a choice, by the reason, most first.
  package var chosen: [Group] { reasons { !$0.isFallback && isReduced($0) } }

  /// What has another type because the one that was asked for does not fit, by the reason, most first.
  package var fallbacks: [Group] { reasons { $0.isFallback } }

  /// Whether a tensor is smaller than before, in a type that is not computed with.
  private func isReduced(_ decision: FormDecision) -> Bool {
    !decision.dtype.isComputable && decision.byteCount < decision.byteCountBefore
  }

  private func reasons(_ holds: (FormDecision) -> Bool) -> [Group] {
    groups(tensors.filter { $0.decision.reason != nil && holds($0.decision) }) { $0.reason ?? "" }
      .sorted { ($1.tensors.count, $0.title) < ($0.tensors.count, $1.title) }
  }

  private func groups(_ tensors: [Tensor], by title: (FormDecision) -> String) -> [Group] {
    Dictionary(grouping: tensors) { title($0.decision) }.map { Group(title: $0, tensors: $1) }
  }
}
