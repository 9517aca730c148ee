import WeftFiles
import WeftFormats
import WeftTensors

/// A ControlNet that a Control-LoRA makes of a model: its tensors, and those of their values that are computed.
struct MaterialisedControlNet {
  /// The ControlNet as a model whose tensors lie in the files of both.
  let model: BaseModel
  /// The canonical tensors that are more than a stored one.
  let values: [CanonicalName: ComputedValue]
  /// What became of the Control-LoRA's tensors.
  let plan: AdapterPlan
  /// What the output is, in sentences.
  let remarks: [String]
}

/// Puts a ControlNet together: `W + up · down` for the layers of the encoder that have factors, the Control-LoRA's own tensors
/// where it has whole ones, and the model's everywhere else.
struct ControlNetBuilder {
  let control: ControlLoRA
  let base: BaseModel
  /// The values of the model's tensors.
  let start: (CanonicalName) -> ComputedValue?
  let library: FormatLibrary

  static let component = "controlnet"

  /// The ControlNet.
  ///
  /// - Throws: when a tensor of the Control-LoRA fits nothing, or one of the ControlNet's is nowhere.
  func build() throws -> MaterialisedControlNet {
    var parts = try encoderParts()
    parts += ownParts(besides: parts)
    let tensors = parts.map(\.tensor)
    let recognition = try library.recognize(tensors.map(\.info))
    try check(recognition, of: parts)
    let model = BaseModel(
      checkpoint: Checkpoint(
        path: base.checkpoint.path, format: .safetensors,
        of: [base.checkpoint, control.checkpoint],
        tensors: tensors), recognition: recognition)
    var values: [CanonicalName: ComputedValue] = [:]
    for (part, binding) in zip(parts, recognition.bindings) {
      guard let name = binding.slices.first?.name, part.value.plainBlock == nil else { continue }
      values[name] = part.value
    }
    return MaterialisedControlNet(
      model: model, values: values, plan: plan(parts), remarks: [remark(parts)])
  }

  /// The tensors of the Control-LoRA that no model has, such as the way of the hint and the convolutions that start at zero.
  private func ownParts(besides parts: [ControlNetPart]) -> [ControlNetPart] {
    let used = Set(parts.flatMap(\.used))
    return control.checkpoint.tensors.filter { tensor in
      let name = tensor.info.name
      return name != ControlLoRA.marker && !used.contains(name)
        && !control.allowedUnmatched.contains { $0.matches(name) }
    }.map(ControlNetPart.init(whole:))
  }

  /// Refuses what is no ControlNet of the model's architecture, whole and of the right shapes.
  private func check(_ recognition: Recognition, of parts: [ControlNetPart]) throws {
    let strays = zip(parts, recognition.bindings).filter { $0.1.slices.isEmpty }.flatMap(\.0.used)
    let total = control.checkpoint.tensors.count
    if let first = strays.first {
      throw refused(
        "\(strays.count) of \(total) tensors of the Control-LoRA fit nothing in a ControlNet of "
          + base.architectureID, at: first)
    }
    guard recognition.kind == .controlnet,
      recognition.architecture?.kin == base.recognition.architecture?.kin
    else { throw refused("together with the model it is \(recognition.words)") }
    if let odd = recognition.mismatches.first {
      throw refused("\(odd.name.path) is \(odd.shape), but must be \(odd.wanted)")
    }
    if let first = recognition.missing.first {
      throw refused(
        "\(recognition.missing.count) tensors of the ControlNet are neither in the model nor in the "
          + "Control-LoRA, such as \(first.path)")
    }
  }

  // MARK: Words

  private func plan(_ parts: [ControlNetPart]) -> AdapterPlan {
    var ledger = AdapterLedger()
    for part in parts {
      ledger.apply(part.used)
      if let rule = part.rule { ledger.count(rule) }
    }
    ledger.ignore([ControlLoRA.marker], reason: "the mark of a Control-LoRA, without a meaning")
    let known = Set(ledger.applied + [ControlLoRA.marker])
    ledger.leaveUnmatched(
      control.checkpoint.tensors.map(\.info.name).filter { !known.contains($0) },
      reason: "left out as asked")
    return AdapterPlan(
      request: control.source.request, family: ControlLoRA.family,
      tensorCount: control.checkpoint.tensors.count, applied: ledger.applied.sorted(),
      ignored: ledger.ignored, unmatched: ledger.unmatched, rules: ledger.rules)
  }

  private func remark(_ parts: [ControlNetPart]) -> String {
    let own = parts.count { $0.used.isEmpty }
    return "the output is a ControlNet: \(own) of its \(parts.count) tensors are the model's own"
  }

  func refused(_ what: String, at name: String? = nil) -> TransformError {
    .refused(
      what, at: name.map { "\(control.path): \($0)" } ?? control.path,
      advice:
        "use the model that the Control-LoRA was made for, such as the stock one of its architecture"
    )
  }
}

extension Architecture {
  /// The architecture that this one is a variant of, or its own name.
  var kin: String { like ?? id }
}
