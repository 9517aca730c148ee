import WeftFiles
import WeftInference
import WeftTensors

/// What a picture tells of how it was made.
struct PictureRecord {
  private let session: PictureSession

  /// Takes what was used.
  init(_ session: PictureSession) throws { self.session = session }

  /// The texts of one of the pictures.
  func texts(picture index: Int) -> [PictureFile.Text] {
    var settings = session.settings
    settings.seed = settings.seed.map { $0 + index }
    return [PictureFile.Text("weft", settings.json.compactText)]
  }
}
