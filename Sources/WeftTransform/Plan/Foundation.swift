import WeftFiles
import WeftFormats

/// A model before anything is fused or merged: with the averages or the VAE in their places that the user asked for.
struct Foundation {
  let base: BaseModel
  /// The model whose VAE was put in.
  let vae: BaseModel?
  /// Canonical tensors that come from another tensor than the base's own.
  let replacements: [CanonicalName: BaseModel.Stored]

  init(_ base: BaseModel, choice: OutputRecipe, library: FormatLibrary) throws {
    self.base = base
    let vae = try choice.vaePath.map { try VAEReplacement.open($0, for: base, library: library) }
    var replacements = try MovingAverages(of: base).replacements(choice.averages)
    replacements.merge(vae?.stored ?? [:]) { _, baked in baked }
    self.vae = vae?.model
    self.replacements = replacements
  }

  /// Where a canonical tensor is read from.
  func stored(_ name: CanonicalName) -> BaseModel.Stored? {
    replacements[name] ?? base.stored[name]
  }

  /// The value of a canonical tensor as it is read.
  func value(_ name: CanonicalName) -> ComputedValue? {
    stored(name).map { ComputedValue($0.block()) }
  }
}
