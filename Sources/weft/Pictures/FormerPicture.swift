import WeftFiles
import WeftInference
import WeftTensors

/// A picture that was made before, whose settings are taken again.
struct FormerPicture {
  /// What it was made with.
  let settings: PictureSettings

  /// Reads a picture's texts.
  init(_ path: String) throws {
    let file = try PictureFile.read(path)
    guard let text = file["weft"] else {
      throw InferenceError(
        status: .badData, what: "the picture does not tell how it was made", place: path,
        advice: "give one that weft or A1111 made and that no other program wrote again")
    }
    settings = try PictureSettings(JSONValue(parsing: Array(text.utf8)), path: path)
  }

  /// Tells what differs from what it was made with.
  func warn(about session: PictureSession, quiet: Bool) {}
}
