/// What a step of a pipeline does, as its first key says, and the keys that each kind has.
package enum PipelineStepKind: String, Sendable, CaseIterable {
  /// The kinds, named by their keys.
  case scan, convert, fuse, quantize, verify, report

  /// The keys of a step of the kind.
  package var keys: [String] {
    switch self {
    case .scan: [rawValue]
    case .convert: [rawValue] + Self.form + ["dtype"]
    case .fuse:
      [rawValue, "adapters", "norm", "norm_base", "tlora_base", "alpha_zero", "sweep"]
        + Self.form + ["dtype"]
    // The type of the quantisation decides the types.
    case .quantize:
      [rawValue, "type", "rules", "imatrix", "encoder", "for", "requantize", "saturate"] + Self.form
    case .verify: [rawValue, "level", "tolerance"]
    case .report: [rawValue, "json", "html"]
    }
  }

  /// The keys of every step that writes a model.
  private static let form = [
    "to", "layout", "vae", "ema", "prune", "allow_unmatched", "component", "max_shard_size", "save",
  ]

  /// The keys whose texts are templates of paths.
  static let templates: Set<String> = ["save", "json", "html"]

  /// Whether a step of the kind takes the model itself, and nothing that other steps make.
  var takesInput: Bool { self == .scan || self == .report }
}

/// The keys of a pipeline's other mappings.
package enum PipelineKeys {
  /// Those of the document.
  package static let document = [
    "version", "variables", "inputs", "exclude", "outputs", "steps", "overrides",
  ]
  /// Those of an input that is no text.
  package static let input = ["list"]
  /// Those of an override.
  package static let override = ["match", "variables", "steps", "skip"]
}
