import WeftKernels
import WeftNetworks
import WeftTensors

/// The latents that a model paints on: their sizes, and whether it sees a mask beside them.
struct LatentCanvas {
  private let size: PictureSize
  private let pictureCount: Int
  private let channelCount: Int
  /// Whether the model takes a mask and a masked picture behind the latent.
  let takesMask: Bool

  /// Looks at the UNet's channels.
  ///
  /// - Throws: for a model that takes other channels than are asked for.
  init(_ models: PictureModels, _ shelf: NetworkShelf, _ request: PictureRequest) throws {
    let unet = try shelf.component(.unet, of: models.model)
    let inputs = unet.source.shape("conv_in.weight")?.dimensions[1] ?? 0
    let outputs = unet.source.shape("conv_out.weight")?.dimensions[0] ?? 0
    (size, pictureCount, channelCount) = (request.size, request.noise.pictureCount, outputs)
    takesMask = inputs == 2 * outputs + 1
    guard inputs == outputs || takesMask else {
      throw InferenceError(
        status: .refused,
        what:
          "the UNet takes \(inputs) channels and gives \(outputs): this kind of model is not known",
        place: unet.source.path, advice: "use one that takes \(outputs) or \(2 * outputs + 1)")
    }
    if takesMask {
      guard case .masked = request.start else {
        throw InferenceError(
          status: .refused, what: "this model paints inside of masks alone",
          place: unet.source.path, advice: "use weft inpaint, or another model")
      }
    }
  }

  private var height: Int { size.height / LatentCoder.factor }
  private var width: Int { size.width / LatentCoder.factor }

  /// Latents of values for all pictures.
  func latents(_ values: [Float]) -> Latents {
    Latents(
      pictureCount: pictureCount, channelCount: channelCount, height: height, width: width,
      values: values)
  }

  /// Unit noise as a sampler begins with it.
  func scaled(_ noise: [Float], _ sampler: any Sampler) -> Latents {
    let scale = Float(sampler.initialScale)
    return latents(noise.map { scale * $0 })
  }

  /// Refuses latents of other sizes.
  func requireFit(_ latents: Latents) throws {
    let wanted = [pictureCount, channelCount, height, width]
    let found = [latents.pictureCount, latents.channelCount, latents.height, latents.width]
    guard found != wanted else { return }
    throw InferenceError(
      status: .badData, what: "the latents are \(Shape(found)), but must be \(Shape(wanted))",
      advice: "give latents of the size and number of the pictures")
  }

  /// Refuses pixels, `[1, 3, H, W]`, of another size.
  func requireFit(_ pixels: Tensor) throws {
    let wanted: Shape = [1, 3, size.height, size.width]
    guard pixels.shape != wanted else { return }
    throw InferenceError(
      status: .badData, what: "the picture is \(pixels.shape), but must be \(wanted)",
      advice: "scale it first")
  }

  /// The latents of one picture for all that are made of it; each has a draw of its own.
  func latents(of pixels: Tensor, _ coder: LatentCoder, _ noise: BatchNoise) throws -> Latents {
    try coder.encode([pixels], noise)
  }
}
