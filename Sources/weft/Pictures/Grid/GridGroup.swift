import WeftFiles
import WeftInference
import WeftTensors

/// The cells of a grid that one loaded model makes.
struct GridGroup {
  private let places: [Int]
  private let sessions: [PictureSession]
  private let progress: PictureProgress
  private let maker: PictureMaker

  /// Prepares a maker for the cells at some places.
  init(
    _ places: [Int], _ sessions: [PictureSession], _ options: PictureOptions,
    _ progress: PictureProgress
  ) throws {
    (self.places, self.sessions, self.progress) = (places, sessions, progress)
    progress.meter = sessions[places[0]].meter
    maker = try sessions[places[0]].maker { progress.hear($0) }
  }

  /// Makes the pictures; what cannot be made has its reason.
  ///
  /// Each network is loaded once for all cells: texts are encoded first, then latents are denoised, then decoded.
  func pictures() throws -> [(index: Int, outcome: Result<Picture, InferenceError>)] {
    let prepared = try places.map { try maker.prepare(try sessions[$0].request()) }
    maker.putAwayEncoders()
    let latents = try zip(places, prepared).map { place, prepared in
      progress.title = "cell \(place + 1) of \(sessions.count)"
      return try attempt { try maker.denoise(prepared) }
    }
    maker.putAwayDenoisers()
    return try zip(places, latents).map { place, latents in
      switch latents {
      case .failure(let error): (place, .failure(error))
      case .success(let latents):
        (
          place,
          try attempt { Picture.pictures(try maker.finish(latents)[0].picture, .signed)[0] }
        )
      }
    }
  }

  /// What a cell gives, or why the network could not make it; anything else ends the run.
  private func attempt<Value>(_ body: () throws -> Value) throws -> Result<Value, InferenceError> {
    do {
      return .success(try body())
    } catch let error as InferenceError where error.status == .badData {
      return .failure(error)
    }
  }
}
