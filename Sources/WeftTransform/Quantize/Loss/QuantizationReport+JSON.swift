import WeftKernels
package import WeftTensors

extension QuantizationReport {
  /// The most names that are listed for a reason.
  private static let namedLimit = 3

  /// The report as JSON; numbers that are not finite are null.
  package var json: JSONValue {
    .object([
      "type": .string(recipe.type),
      "encoder": .string(recipe.encoder.rawValue),
      "policy": .string(policy),
      "bytes_before": .integer(byteCountBefore),
      "bytes": .integer(byteCount),
      "bits_per_weight": .number(bitsPerElement),
      "types": .array(types.map(typeValue)),
      "kept": .array(kept.map(reasonValue)),
      "chosen": chosen.isEmpty ? nil : .array(chosen.map(reasonValue)),
      "fallbacks": .array(fallbacks.map(reasonValue)),
      "loss": loss.map { .object(Self.members($0, saturated: saturated)) },
      "tensors": .array(tensors.map(\.json)),
    ])
  }

  private func typeValue(_ group: Group) -> JSONValue {
    .object(
      [
        JSONValue.Member("type", .string(group.title)),
        JSONValue.Member("tensors", .integer(group.tensors.count)),
        JSONValue.Member("bytes", .integer(group.byteCount)),
      ]
        + Self.members(group.loss, saturated: group.tensors.reduce(0) { $0 + $1.saturated }))
  }

  private func reasonValue(_ group: Group) -> JSONValue {
    .object([
      "reason": .string(group.title), "types": .strings(group.types),
      "tensors": .integer(group.tensors.count), "bytes": .integer(group.byteCount),
      "names": .strings(group.tensors.prefix(Self.namedLimit).map(\.decision.name)),
    ])
  }

  /// The measures of a loss; nothing when it was not measured.
  fileprivate static func members(_ loss: Comparison?, saturated: Int) -> [JSONValue.Member] {
    guard let loss else { return [] }
    return [
      JSONValue.Member("relative_l2", .finite(loss.relativeL2)),
      JSONValue.Member("snr_db", .finite(loss.signalToNoise)),
      JSONValue.Member("rmse", .finite(loss.rootMeanSquare)),
      JSONValue.Member("max_abs", .finite(loss.maxDifference)),
      JSONValue.Member("cosine", .finite(loss.cosine)),
      JSONValue.Member("saturated", .integer(saturated)),
      JSONValue.Member("flushed", .integer(loss.flushed)),
    ]
  }
}

extension QuantizationReport.Tensor {
  /// The tensor's part of a report.
  fileprivate var json: JSONValue {
    let members = [
      JSONValue.Member("name", .string(decision.name)),
      JSONValue.Member("type", .string(decision.form)),
      JSONValue.Member("before", .string(decision.before)),
      JSONValue.Member("bytes", .integer(decision.byteCount)),
      JSONValue.Member("reason", decision.reason.map { .string($0) } ?? .null),
    ]
    return .object(members + QuantizationReport.members(loss, saturated: saturated))
  }
}

extension JSONValue {
  /// A number, or null for one that JSON does not have.
  fileprivate static func finite(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value) : .null
  }
}
