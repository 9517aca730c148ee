import WeftFiles
import WeftInference
import WeftTensors

/// The picture or latents that a picture is made of, with its mask.
struct InitialPicture {
  private enum Content {
    case picture(Picture)
    case latents(Latents)
  }

  private let content: Content
  private let mask: Picture?
  private let options: InitialPictureOptions
  private let masking: MaskOptions?
  /// The files.
  let files: [InputFile]

  /// Reads them.
  init(_ options: InitialPictureOptions, _ masking: MaskOptions? = nil) throws {
    (self.options, self.masking) = (options, masking)
    let maskFiles = try masking.map { [try InputFile.open($0.mask)] } ?? []
    if try Self.holdsTensors(options.picture) {
      let (latents, files) = try LatentFiles.read(options.picture)
      (content, self.files) = (.latents(latents), files)
      guard masking == nil else {
        throw InferenceError(
          status: .usage, what: "latents have no pixels to keep", place: options.picture,
          advice: "give a picture to weft inpaint")
      }
    } else {
      content = .picture(try PictureFile.read(options.picture).picture)
      files = [try InputFile.open(options.picture)] + maskFiles
    }
    mask = try masking.map { try PictureFile.read($0.mask).picture }
    try requireMaskOfSameSize()
  }

  /// Whether a file holds tensors and no picture, by its content.
  private static func holdsTensors(_ path: String) throws -> Bool {
    let file = try InputFile.open(path)
    let start = try file.bytes(0..<min(8, file.byteCount))
    return PictureFormat(start: start) == nil && (try? Checkpoint.open(path)) != nil
  }

  /// The size that pictures made of it have, in multiples of 8.
  var size: PictureSize {
    switch content {
    case .picture(let picture):
      PictureSize(width: max(64, picture.width / 8 * 8), height: max(64, picture.height / 8 * 8))
    case .latents(let latents): PictureSize(width: 8 * latents.width, height: 8 * latents.height)
    }
  }

  /// The picture as pipelines begin with it, made to fit the size.
  func start(width: Int, height: Int, strength: Double) throws -> PictureStart {
    switch content {
    case .latents(let latents): return .latents(latents, strength: strength)
    case .picture(let picture):
      let pixels = picture.fitted(width: width, height: height, options.resizeMode).tensor(.signed)
      guard let mask = try fittedMask(width: width, height: height) else {
        return .picture(pixels, strength: strength)
      }
      return .masked(pixels, mask: mask, strength: strength)
    }
  }

  /// A painted picture with the pixels that stay as they were put back.
  func pastedBack(_ painted: Picture) throws -> Picture {
    guard case .picture(let picture) = content, masking?.pasteBack == true,
      let mask = try fittedMask(width: painted.width, height: painted.height)
    else { return painted }
    let original = picture.fitted(
      width: painted.width, height: painted.height, options.resizeMode
    ).flattened
    var result = painted
    for pixel in mask.values.indices where mask.values[pixel] == 0 {
      for channel in 0..<3 {
        result.values[3 * pixel + channel] = original.values[3 * pixel + channel]
      }
    }
    return result
  }

  private func fittedMask(width: Int, height: Int) throws -> Mask? {
    guard let mask, let masking else { return nil }
    var fitted = mask.fitted(width: width, height: height, options.resizeMode).grey
    if masking.invertMask { fitted.values = fitted.values.map { 255 - $0 } }
    return Mask(fitted)
  }

  private func requireMaskOfSameSize() throws {
    guard let mask, let masking, case .picture(let picture) = content,
      (mask.width, mask.height) != (picture.width, picture.height)
    else { return }
    throw InferenceError(
      status: .badData,
      what: "the mask has \(mask.width) by \(mask.height) pixels, but the picture "
        + "\(picture.width) by \(picture.height)", place: masking.mask,
      advice: "give a mask of the picture's size")
  }
}
