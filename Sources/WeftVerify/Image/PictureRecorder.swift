import WeftFiles
import WeftInference
import WeftKernels

/// Makes the pictures of several requests with one model, so that each of its networks is loaded once.
struct PictureRecorder {
  private let maker: PictureMaker
  private let shelf: NetworkShelf
  private let recorder: StepRecorder

  /// Makes a recorder.
  ///
  /// - Parameters:
  ///   - models: the model.
  ///   - shelf: loads its networks.
  ///   - events: hears of what happens.
  /// - Throws: when it is not known how the model's latents are scaled.
  init(
    _ models: PictureModels, shelf: NetworkShelf,
    events: @escaping (PictureEvent) throws -> Void
  ) throws {
    let recorder = StepRecorder(events)
    maker = try PictureMaker(
      models, shelf: shelf, tiles: nil, events: { try recorder.hear($0) })
    (self.shelf, self.recorder) = (shelf, recorder)
  }

  /// Makes the pictures; nothing stays loaded.
  ///
  /// - Parameters:
  ///   - requests: what is wanted.
  ///   - others: the steps of another model for each request, of which this one says what it predicts; nil for none.
  /// - Returns: a picture for each request, and the predictions for each of the others' steps.
  /// - Throws: when the model cannot make one of them.
  func pictures(
    _ requests: [PictureRequest], predicting others: [[StepPrediction]]? = nil
  ) throws -> [(picture: RecordedPicture, predictions: [[Float]])] {
    defer { shelf.clear() }
    let prepared = try requests.map(maker.prepare)
    maker.putAwayEncoders()
    let denoised = try prepared.enumerated().map { index, request in
      let latents = try maker.denoise(request)
      let steps = recorder.take()
      let predictions = try others.map { try maker.predictions(request, of: $0[index]) }
      return (latents: latents, steps: steps, predictions: predictions ?? [])
    }
    maker.putAwayDenoisers()
    return try denoised.map { made in
      let picture = try maker.finish(made.latents)[0].picture
      return (
        RecordedPicture(
          predictions: made.steps.predictions, latents: made.steps.latents,
          picture: Picture.pictures(picture, .signed)[0]), made.predictions
      )
    }
  }
}
