import WeftKernels
package import WeftTensors

extension ForwardReport {
  /// The report as JSON.
  ///
  /// A `relative_l2` of null is not finite. An `snr_db` of null is infinite when `relative_l2` is 0, and has no value
  /// otherwise.
  package var json: JSONValue { .object(["components": .array(components.map(\.json))]) }
}

extension ForwardReport.Component {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "tolerance": .object([
        "outputs": .number(tolerance.outputs), "modules": .number(tolerance.modules),
        "reason": .string(tolerance.reason),
      ]),
      "cases": .array(cases.map(\.json)),
      "outputs": .array(
        outputs.map { output in
          .object([
            "name": .string(output.path),
            "cases": .array(output.numbers.map { .object($0.members) }),
          ])
        }),
      "first_divergent": firstDivergent.map { divergence in
        .object([
          "module": .string(divergence.path),
          "case": .string(title(ofCase: divergence.caseIndex)),
          "relative_l2": .number(divergence.relativeL2),
        ])
      } ?? .null,
      "worst_module": worstModule?.json ?? .null,
      "modules": .array(modules.map(\.json)),
    ])
  }
}

extension ForwardReport.Case {
  fileprivate var json: JSONValue {
    .object(["title": .string(title), "timestep": timestep.map(JSONValue.integer) ?? .null])
  }
}

extension ForwardReport.Module {
  /// The module with the numbers of its worst case.
  fileprivate var json: JSONValue {
    .object([JSONValue.Member("path", .string(path))] + worstNumbers.members)
  }
}

extension Comparison {
  fileprivate var members: [JSONValue.Member] {
    [
      JSONValue.Member("relative_l2", .number(divergence)),
      JSONValue.Member("snr_db", .number(decibels)),
      JSONValue.Member("cosine", .number(cosine)),
      JSONValue.Member("max_abs", .number(maxDifference)),
    ]
  }
}
