import WeftFiles
import WeftFormats
import WeftTensors

/// A VAE that takes the place of the base's.
struct VAEReplacement {
  static let component = "vae"

  let model: BaseModel
  let stored: [CanonicalName: BaseModel.Stored]

  /// Opens a VAE, alone or in a whole model, that has exactly the tensors of the base's.
  static func open(
    _ path: String, for base: BaseModel, library: FormatLibrary
  ) throws -> VAEReplacement {
    let model = try BaseModel.open(path, library: library)
    let ours = base.stored.filter { $0.key.component == component }
    let theirs = model.stored.filter { $0.key.component == component }
    guard !ours.isEmpty, !theirs.isEmpty else {
      throw TransformError.refused(
        "\(ours.isEmpty ? "the base" : "the file") has no VAE",
        at: ours.isEmpty ? base.checkpoint.path : path, advice: "leave --vae out")
    }
    for (name, old) in ours.sorted(by: { $0.key.path < $1.key.path }) {
      guard let new = theirs[name], new.shape == old.shape else {
        throw TransformError.refused(
          "the VAE's \(name.path) is \(theirs[name].map { "\($0.shape)" } ?? "missing"), but the "
            + "base's is \(old.shape)",
          at: path, advice: "use a VAE for this architecture")
      }
    }
    if let extra = theirs.keys.filter({ ours[$0] == nil }).map(\.path).min() {
      throw TransformError.refused(
        "the base's VAE has no \(extra)", at: path, advice: "use a VAE for this architecture")
    }
    return VAEReplacement(model: model, stored: theirs)
  }
}
