import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

extension PictureMaker {
  /// A ControlNet with its picture at the size of what is made.
  func control(_ request: ControlRequest, _ size: PictureSize) throws -> ControlGuide {
    let network = try shelf.network(.controlNet, of: request.model) { try ControlNet($0, $1, $2) }
    return ControlGuide(network, request.picture.pixels(size), request)
  }

  /// What a T2I-Adapter says of its picture, level by level; it is asked once.
  func features(
    _ request: FeatureRequest, _ size: PictureSize
  ) throws -> (tensors: [Tensor], scale: Float) {
    let adapter = try shelf.network(.t2iAdapter, of: request.model) { try T2IAdapter($0, $1, $2) }
    let picture = request.picture.pixels(size)  // [1, 3, H, W]
    let pass = adapter.pass
    let tensors = try adapter.network(picture, pass).map { try pass.backend.plain($0) }
    return (tensors, Float(request.scale))
  }

  /// A picture as a prompt for a UNet: what it is for a batch of inputs, of which each is what is wanted or not.
  ///
  /// What is not wanted is no picture: features of zeros, or those of a picture of zeros.
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/stable_diffusion/pipeline_stable_diffusion.py
  func imagePrompt(
    _ request: ImagePromptRequest, _ unet: ReadyNetwork<UNet>
  ) throws -> ([Bool]) throws -> ImagePrompt {
    let backend = unet.pass.backend
    let adapter = try shelf.network(.imageTokens, of: request.adapter) { source, _, _ in
      try IPAdapter(source, unet: unet.component.source, backend)
    }
    let vision = try shelf.network(.visionEncoder, of: request.vision) {
      try VisionEncoder($0, $1, $2)
    }
    let pixels = VisionInput.tensor(request.picture, side: vision.network.size)  // [1, 3, S, S]
    let wanted = try features(pixels, adapter.network, vision)
    let none =
      adapter.network.takesPatches
      ? try features(pixels.zeros, adapter.network, vision) : wanted.zeros
    shelf.putAway([.visionEncoder])
    let pass = unet.pass
    let tokens = try [none, wanted].map {
      try backend.plain(adapter.network.tokens($0, pass))  // [1, k, D]
    }
    return { areWanted in
      let all = Tensor.stacked(areWanted.map { tokens[$0 ? 1 : 0] })  // [N, k, D]
      return adapter.network.prompt(all, scale: Float(request.scale))
    }
  }

  private func features(
    _ pixels: Tensor, _ adapter: IPAdapter, _ vision: ReadyNetwork<VisionEncoder>
  ) throws -> Tensor {
    let encoding = try vision.network(pixels, vision.pass)
    return try vision.pass.backend.plain(adapter.features(of: encoding))
  }
}

extension Tensor {
  /// A plain tensor of the same shape with zeros.
  fileprivate var zeros: Tensor { Tensor(shape, [Float](repeating: 0, count: elementCount)) }
}
