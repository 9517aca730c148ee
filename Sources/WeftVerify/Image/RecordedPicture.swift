import WeftFiles
import WeftInference
import WeftKernels

/// A picture, and every step on the way to it.
struct RecordedPicture {
  /// What the network was asked and said, in order.
  let predictions: [StepPrediction]
  /// The latents after every step.
  let latents: [Latents]
  /// The picture.
  let picture: Picture
}

/// Remembers the steps of one picture after the other.
final class StepRecorder {
  private var predictions: [StepPrediction] = []
  private var latents: [Latents] = []
  private let events: (PictureEvent) throws -> Void

  /// Makes a recorder; `events` hears everything, too.
  init(_ events: @escaping (PictureEvent) throws -> Void) { self.events = events }

  /// Hears of a step.
  func hear(_ event: PictureEvent) throws {
    switch event {
    case .predicted(let prediction): predictions.append(prediction)
    case .stepped(_, _, let after): latents.append(after)
    default: break
    }
    try events(event)
  }

  /// What was heard since the last time.
  func take() -> (predictions: [StepPrediction], latents: [Latents]) {
    defer { (predictions, latents) = ([], []) }
    return (predictions, latents)
  }
}
