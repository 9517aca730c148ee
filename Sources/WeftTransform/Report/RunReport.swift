import WeftFiles
import WeftFormats
import WeftKernels
package import WeftTensors

/// What a report says of a change in place.
package struct InPlaceOutcome: Sendable {
  /// The undo file.
  package let undoPath: String
  /// Whether the header had room for the recipe; the undo file has it always.
  package let hasRecipeInHeader: Bool
  /// The keys of the metadata that were no longer true and were removed or blanked.
  package let staleKeys: [String]

  /// Describes the outcome of a plan.
  package init(_ plan: InPlacePlan, undoPath: String) {
    self.undoPath = undoPath
    hasRecipeInHeader = plan.hasRecipeInHeader
    staleKeys = plan.staleKeys
  }
}

/// What a run did, as `--json` and `--report` give it.
package struct RunReport: Sendable {
  /// The plan that was carried out.
  package let plan: ModelPlan
  /// What became of the adapters; empty for a conversion.
  package let adapters: [AdapterPlan]
  /// What the run counted.
  package let summary: RunSummary
  /// The path of the output.
  package let output: String
  /// How long everything took, in seconds.
  package let seconds: Double
  /// The most memory that the process held, in bytes.
  package let peakMemoryByteCount: Int
  /// What was special when the model was changed in place; nil for a new output.
  package let inPlace: InPlaceOutcome?
  /// How the types were chosen for a goal; nil when they were not.
  package let frontier: SizeFrontier?
  /// What was decided and lost when the model was quantised; nil when it was not.
  package let quantization: QuantizationReport?

  /// Makes a report.
  package init(
    plan: ModelPlan, adapters: [AdapterPlan], summary: RunSummary, output: String,
    seconds: Double, peakMemoryByteCount: Int, inPlace: InPlaceOutcome? = nil,
    frontier: SizeFrontier? = nil
  ) {
    self.plan = plan
    self.adapters = adapters
    self.summary = summary
    self.output = output
    self.seconds = seconds
    self.peakMemoryByteCount = peakMemoryByteCount
    self.inPlace = inPlace
    self.frontier = frontier
    quantization = QuantizationReport(plan, summary: summary)
  }

  /// The report as JSON.
  package var json: JSONValue {
    let total = summary.total
    let value = JSONValue.object([
      "output": .string(output),
      "base": plan.baseValue(sha256: summary.parentHashes[plan.base.checkpoint.path]),
      "adapters": adapters.isEmpty ? nil : .array(adapters.map(\.json)),
      "tensors": plan.countsValue,
      "overflow": .integer(total.overflowed),
      "underflow": .integer(total.underflowed),
      "saturated": total.saturated == 0 ? nil : .integer(total.saturated),
      "non_finite": .integer(total.nonFiniteInputs),
      "flagged": .array(flaggedTensors),
      "dropped": plan.droppedValue,
      "quantization": quantization?.json,
      "bytes_written": .integer(summary.byteCount),
      "seconds": .number((seconds * 1000).rounded() / 1000),
      "peak_memory_bytes": .integer(peakMemoryByteCount),
      "in_place": inPlace.map { _ in .bool(true) },
      "undo": inPlace.map { .string($0.undoPath) },
      "recipe_in_header": inPlace.map { .bool($0.hasRecipeInHeader) },
      "stale_metadata": inPlace.map { .strings($0.staleKeys) },
    ])
    guard let frontier else { return value }
    return .object((value.members ?? []) + [JSONValue.Member("frontier", frontier.json)])
  }

  /// The tensors in which a value overflowed, was not finite or became zero.
  private var flaggedTensors: [JSONValue] {
    summary.tallies.sorted { $0.key < $1.key }.map { name, tally in
      .object([
        "name": .string(name), "overflow": .integer(tally.overflowed),
        "underflow": .integer(tally.underflowed), "non_finite": .integer(tally.nonFiniteInputs),
      ])
    }
  }
}

extension AdapterPlan {
  /// The adapter's part of a report or plan.
  package var json: JSONValue {
    .object([
      "path": .string(request.path),
      "family": .string(family),
      "scale": .number(request.unetScale),
      "text_encoder_scale": .number(request.textEncoderScale),
      "tensors": .integer(tensorCount),
      "applied": .integer(applied.count),
      "unmatched": .strings(unmatched.map(\.name)),
      "ignored": .array(
        ignored.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) }),
      "rules": .strings(rules),
    ])
  }
}

extension ModelPlan {
  func baseValue(sha256: String?) -> JSONValue {
    .object([
      "path": .string(base.checkpoint.path),
      "architecture": .string(base.architectureID),
      "sha256": sha256.map(JSONValue.string) ?? .null,
    ])
  }

  var countsValue: JSONValue {
    .object([
      "copied": .integer(count(.copied)), "changed": .integer(count(.changed)),
      "cast": .integer(count(.cast)), "added": .integer(count(.added)),
      "dropped": .integer(dropped.count),
    ])
  }

  /// What is left out, with the reasons.
  var droppedValue: JSONValue {
    .array(dropped.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) })
  }

  /// The plan as JSON, for `--plan --json`.
  package func json(adapters: [AdapterPlan]) -> JSONValue {
    .object([
      "base": baseValue(sha256: nil),
      "evidence": .strings(base.recognition.evidence),
      "layout": .string(layoutName),
      "adapters": adapters.isEmpty ? nil : .array(adapters.map(\.json)),
      "tensors": countsValue,
      "changed": .strings(tensors.filter { $0.action == .changed }.map(\.info.name)),
      "dropped": droppedValue,
      "quantization": QuantizationReport(self)?.json,
      "files": .strings(layout.files.map(\.name).filter { !$0.isEmpty }),
      "output_bytes": .integer(layout.byteCount),
      "predicted_peak_memory_bytes": .integer(predictedPeakByteCount),
      "remarks": remarks.isEmpty ? nil : .strings(remarks),
      "warnings": .strings(warnings),
    ])
  }
}
