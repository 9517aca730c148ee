import WeftKernels
package import WeftTensors

extension ImageReport {
  /// The report as JSON.
  ///
  /// A `relative_l2` of null is not finite; a `psnr_db` of null is that of equal pictures.
  package var json: JSONValue {
    .object([
      "settings": .string(settings),
      "tolerance": .object([
        "prediction": .number(tolerance.prediction), "latents": .number(tolerance.latents),
        "psnr_db": .number(tolerance.decibels), "reason": .string(tolerance.reason),
      ]),
      "cases": .array(cases.map(\.json)),
    ])
  }
}

extension ImageReport.Case {
  fileprivate var json: JSONValue {
    .object([
      "prompt": .string(prompt), "seed": .integer(Int(truncatingIfNeeded: seed)),
      "psnr_db": .number(decibels), "ssim": similarity.map(JSONValue.number) ?? .null,
      "equal": .bool(isEqual),
      "steps": .array(steps.map(\.json)),
    ])
  }
}

extension ImageReport.Step {
  fileprivate var json: JSONValue {
    .object([
      "timestep": .number(timestep),
      "prediction_relative_l2": .number(prediction.divergence),
      "latents_relative_l2": .number(latents.divergence),
    ])
  }
}
