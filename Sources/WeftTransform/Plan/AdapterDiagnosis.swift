import WeftFiles
import WeftFormats
import WeftTensors

/// Finds out why names of an adapter mean nothing in the model: for people, in half a sentence.
struct AdapterDiagnosis {
  let source: AdapterSource
  let base: BaseModel
  let aliases: AliasTable
  let library: FormatLibrary

  /// What most of the modules fit, or what the one module is most like; empty when nothing is known.
  ///
  /// `stem` is the first module that fits nothing, when the complaint is of a module.
  func words(stem: String?) throws -> String {
    if let stem, let words = stranger(stem) { return words }
    if let words = try betterArchitecture() { return words }
    guard let stem else { return "" }
    if let words = try absentPart(stem) { return words }
    return aliases.nearest(to: stem).map { "; the nearest is \($0)" } ?? ""
  }

  /// What the spelling of a module is of, when it is of no model that is known; nil for other spellings.
  private func stranger(_ stem: String) -> String? {
    library.stranger(spelling: stem).map { "; it is spelled as in adapters of \($0)" }
  }

  /// The architecture that takes more of the modules than the model's does.
  func betterArchitecture() throws -> String? {
    guard let architecture = base.recognition.architecture else { return nil }
    let modules = source.parts.flatMap(\.reading.modules)
    let here = modules.count { aliases.resolve($0.stem) != .unknown }
    var best: (id: String, named: Int)?
    for candidate in library.architectures where candidate.like == nil {
      let named = try source.parts.reduce(0) { sum, part in
        let infos = part.checkpoint.tensors.map(\.info)
        return sum + (try library.fit(of: part.reading, infos, to: candidate).named)
      }
      if named > best?.named ?? here { best = (candidate.id, named) }
    }
    guard let best, best.id != architecture.id, best.id != architecture.like else { return nil }
    return "; \(best.named) of its \(modules.count) modules fit \(best.id), and "
      + "\(here) fit the model, which is \(architecture.id)"
  }

  /// Says so when the architecture has the module and this model has not, as a UNet without its text encoders.
  private func absentPart(_ stem: String) throws -> String? {
    guard let architecture = base.recognition.architecture else { return nil }
    let whole = try AliasTable(for: architecture, library: library)
    guard case .module(let target, _) = whole.resolve(stem) else { return nil }
    guard base.recognition.dimensions[target.component] == nil else {
      return "; it means \(target), which \(architecture.id) may have and this model has not"
    }
    let modules = source.parts.flatMap(\.reading.modules)
    let count = modules.count { module in
      guard case .module(let other, _) = whole.resolve(module.stem) else { return false }
      return other.component == target.component
    }
    return "; \(count) of its \(modules.count) modules are for the \(target.component), and this "
      + "file has none"
  }
}
