import WeftFormats
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// A picture made for a test by the reference: the latents after each step, and the picture itself.
struct PictureRun {
  /// The latents after each step, `[N, C, h, w]`.
  private(set) var steps: [Tensor] = []
  /// The pictures, `[1, 3, H, W]` each, from 0 to 1.
  private(set) var images: [Tensor] = []

  /// Makes pictures.
  ///
  /// - Parameters:
  ///   - settings: what is set.
  ///   - models: the models.
  ///   - start: what pictures begin with.
  ///   - pictureCount: how many.
  ///   - change: adds what settings do not have.
  /// - Throws: what the pipeline throws.
  init(
    _ settings: PictureSettings, _ models: PictureModels, start: PictureStart = .noise,
    pictureCount: Int = 1, change: (inout PictureRequest) throws -> Void = { _ in }
  ) throws {
    let library = try FormatLibrary.embedded()
    let complete = try settings.completed(for: models, library: library)
    var request = try PictureRequest(
      complete, models: models, library: library, start: start, pictureCount: pictureCount)
    try change(&request)
    let log = StepLog()
    let shelf = NetworkShelf(
      library: library, reader: ValueReader(threads: 2),
      options: NetworkShelf.Options { _ in try ReferenceBackend(threads: 2) })
    let maker = try PictureMaker(
      models, shelf: shelf, tiles: nil, events: log.hear)
    images = try maker(request).map { made in
      Tensor(made.picture.shape, made.picture.floats.map { min(max($0 / 2 + 0.5, 0), 1) })
    }
    steps = log.steps
  }
}

/// Keeps the latents of every step.
final class StepLog {
  private(set) var steps: [Tensor] = []

  func hear(_ event: PictureEvent) {
    if case .stepped(_, _, let latents) = event { steps.append(latents.tensor) }
  }
}
