import WeftFiles
import WeftInference
import WeftTensors

/// A picture of what there is so far, renewed while the latents change.
final class PreviewFile {
  private let path: String
  private let interval: Int
  private let coder: () throws -> LatentCoder
  private var known: LatentCoder?
  private var hasWritten: Bool

  /// Makes the preview that the options ask for; nil for none.
  ///
  /// - Throws: when there is a file already, or nothing that makes previews.
  init?(_ options: PictureFileOptions, replacing: Bool, coder: @escaping () throws -> LatentCoder)
    throws
  {
    guard let path = options.preview else { return nil }
    try OutputFile.check(path, replacing: replacing, inputs: [])
    (self.path, interval, self.coder) = (path, options.previewInterval, coder)
    hasWritten = replacing
  }

  /// Writes a preview after every step that is to have one.
  func hear(_ event: PictureEvent) throws {
    guard case .stepped(let step, _, let latents) = event, (step + 1) % interval == 0 else {
      return
    }
    let coder = try known ?? coder()
    known = coder
    guard let glance = try coder.glance(latents),
      let picture = Picture.pictures(glance, .signed).first
    else { return }
    try PictureFile(picture).write(to: path, replacing: hasWritten)
    hasWritten = true
  }
}
