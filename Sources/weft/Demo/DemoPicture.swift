import WeftFiles
import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// A picture of the demonstration's model: abstract, since its weights follow from names.
struct DemoPicture {
  /// What it is made of.
  static let prompt = "a small house by the sea"
  /// The sides in pixels: no size that the model was made for.
  static let size = PictureSize(width: 192, height: 128)
  /// The steps.
  static let stepCount = 8

  /// Makes the picture of a model and writes it.
  static func write(
    of model: String, to path: String, library: FormatLibrary, work: RunOptions
  ) throws {
    var settings = PictureSettings()
    settings.prompt = prompt
    (settings.width, settings.height) = (size.width, size.height)
    settings.steps = stepCount
    let models = PictureModels(
      AdaptedModel(try BaseModel.openAnything(model, library: library)))
    settings = try settings.completed(for: models, library: library)
    let threads = work.threads
    let shelf = NetworkShelf(
      library: library, reader: ValueReader(threads: threads),
      options: NetworkShelf.Options { _ in try backend(threads: threads) })
    let maker = try PictureMaker(
      models, shelf: shelf, tiles: nil, events: { _ in })
    let made = try maker(try PictureRequest(settings, models: models, library: library))
    let picture = Picture.pictures(made[0].picture, .signed)[0]
    try PictureFile(picture).write(to: path, replacing: work.replaces)
  }

  private static func backend(threads: Int) throws -> any Backend {
    OneDNN.isBuilt
      ? try FastBackend(threads: threads, precision: .f32) : try ReferenceBackend(threads: threads)
  }
}
