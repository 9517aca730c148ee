import ArgumentParser
import WeftFormats
import WeftInference
import WeftNetworks
import WeftTransform

/// The files that a picture is made with, beside the model.
struct PictureModelOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An adapter that the model takes on for the picture; may be given again.",
      discussion:
        "LoRAs of all kinds, LCM-LoRAs and ResAdapters; the scale is written as for weft fuse.",
      valueName: "path[:scale]"))
  var adapter: [String] = []

  @OptionGroup var norms: NormOptions

  @Option(
    help: ArgumentHelp(
      "The model whose autoencoder is used (default: the model itself).", valueName: "path"))
  var vae: String?

  @Option(
    help: ArgumentHelp(
      "The model whose text encoders are used (default: the model itself).", valueName: "path"))
  var encoders: String?

  @Option(
    help: ArgumentHelp(
      "A tiny autoencoder, which decodes quickly and less well than the model's own.",
      valueName: "path"))
  var taesd: String?

  @Flag(help: "Use the tiny autoencoder for previews alone.")
  var taesdPreviewOnly = false

  @Flag(
    help:
      "Decode and encode large pictures in tiles, which takes less memory and changes them a little."
  )
  var vaeTiling = false

  func validate() throws {
    if taesdPreviewOnly, taesd == nil {
      throw ValidationError("--taesd-preview-only needs a --taesd")
    }
  }

  /// The adapters of the command line.
  var requests: [AdapterRequest] {
    get throws { try adapter.map { try AdapterRequest(argument: $0) } }
  }

  /// The tiles that the autoencoder cuts pictures into; nil to take them whole.
  func tiles(_ models: PictureModels, _ library: FormatLibrary) throws -> TileGrid? {
    // A tile of the size that the model was made for, of which a quarter is shared.
    guard vaeTiling else { return nil }
    let side = try models.usualSide(library) / LatentCoder.factor
    return try TileGrid(side: side, overlap: side / 4)
  }

  /// The models: a base with adapters, and what takes the place of its parts.
  func models(
    _ base: String, adapters requests: [AdapterRequest], _ library: FormatLibrary
  ) throws -> PictureModels {
    func opened(_ path: String) throws -> AdaptedModel {
      AdaptedModel(try BaseModel.openAnything(path, library: library))
    }
    var recipe = FuseRecipe(basePath: base, adapters: requests)
    if !requests.isEmpty { try norms.apply(to: &recipe) }
    var models = PictureModels(
      requests.isEmpty ? try opened(base) : try AdaptedModel.open(recipe, library: library))
    models.autoencoder = try vae.map(opened)
    models.encoders = try encoders.map(opened)
    models.tinyAutoencoder = try taesd.map(opened)
    models.decodesQuickly = taesd != nil && !taesdPreviewOnly
    return models
  }
}
