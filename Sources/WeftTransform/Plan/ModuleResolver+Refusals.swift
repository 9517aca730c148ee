import WeftFiles
import WeftFormats
import WeftTensors

extension ModuleResolver {
  /// Refuses the families that cannot be fused, by name: nothing of an adapter is ever left out in silence.
  func refuseUnsupported(_ source: AdapterSource) throws {
    for part in source.parts {
      let unsupported = part.reading.modules.filter { adapterFamilies[$0.family.id] == nil }
      guard let first = unsupported.first else { continue }
      let titles = Set(unsupported.map(\.family.title)).sorted().joined(separator: ", ")
      throw TransformError.refused(
        "\(unsupported.count) modules are of a family that cannot be fused: \(titles)",
        at: "\(part.checkpoint.path): \(first.stem)",
        advice: "convert the adapter to LoRA or full differences with its own tools first")
    }
    try requireBothHalves(source)
    try refuseOtherResAdapter(source)
  }

  /// Refuses a file that knows its modules by their places in a list, when the list is not complete.
  func refuseIncompleteList(_ part: AdapterSource.Part) throws {
    guard let what = aliases.incompleteList(part.reading.modules.map(\.stem)) else { return }
    throw TransformError.refused(
      what, at: part.checkpoint.path, advice: "use an adapter that was made for this architecture")
  }

  /// Refuses unmatched tensors that were not allowed, and an adapter of which nothing matches.
  func refuseUnmatched(_ ledger: AdapterLedger, source: AdapterSource) throws {
    let allowed = recipe.output.allowedUnmatched.map(Glob.init)
    let refused = ledger.unmatched.filter { omission in
      !allowed.contains { $0.matches(omission.name) }
    }
    let total = source.parts.reduce(0) { $0 + $1.checkpoint.tensors.count }
    if let first = refused.first {
      throw TransformError.refused(
        "\(refused.count) of \(total) adapter tensors fit nothing in the model: \(first.reason)"
          + (try diagnosis(of: source).words(stem: stem(of: first.name, source: source))),
        at: "\(source.request.path): \(first.name)",
        advice: "use an adapter for this model, or leave them out with --allow-unmatched "
          + (ledger.pattern(for: refused).map { "'\($0)'" } ?? "GLOB"))
    }
    guard !ledger.applied.isEmpty || !ledger.ignored.isEmpty else {
      throw TransformError.refused(
        "no tensor of the adapter fits the model" + (try diagnosis(of: source).words(stem: nil)),
        at: source.request.path, advice: "use an adapter that was made for this architecture")
    }
  }

  /// Says so when the modules fit another architecture, in name and shape or at least in name; nil when they do not, and
  /// when `text` says so already.
  func otherArchitecture(_ source: AdapterSource, unlessIn text: String) throws -> String? {
    for part in source.parts {
      let infos = part.checkpoint.tensors.map(\.info)
      guard
        let best = try library.fits(of: part.reading, infos).first(where: { fit in
          fit.total > 0 && fit.shaped == fit.total
        }), best.architecture.id != base.architectureID,
        best.architecture.id != base.recognition.architecture?.like
      else { continue }
      return "; all \(best.total) of its modules fit \(best.architecture.id), and the model is "
        + base.architectureID
    }
    guard let words = try diagnosis(of: source).betterArchitecture(), !text.contains(words) else {
      return nil
    }
    return words
  }

  /// The spelling of the module that a tensor belongs to; nil for one that belongs to none.
  private func stem(of name: String, source: AdapterSource) -> String? {
    for part in source.parts {
      let module = part.reading.modules.first { module in
        module.tensors.values.contains { part.checkpoint.tensors[$0].info.name == name }
      }
      if let module { return module.stem }
    }
    return nil
  }

  /// What can be said of an adapter that does not fit.
  private func diagnosis(of source: AdapterSource) -> AdapterDiagnosis {
    AdapterDiagnosis(source: source, base: base, aliases: aliases, library: library)
  }
}
