import WeftKernels
import WeftNetworks
import WeftTensors

/// A ControlNet with its picture.
final class ControlGuide {
  private let network: ReadyNetwork<ControlNet>
  private let picture: Tensor
  private let request: ControlRequest
  private var hint: Tensor?

  /// Takes a network and a picture of `[1, 3, H, W]` from 0 to 1.
  init(_ network: ReadyNetwork<ControlNet>, _ picture: Tensor, _ request: ControlRequest) {
    (self.network, self.picture, self.request) = (network, picture, request)
  }

  /// What the UNet should add in a step of so many; nil when the network does not take part in it.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/pipelines/controlnet/pipeline_controlnet.py
  func residuals(
    _ inputs: UNet.Inputs, step: Int, of stepCount: Int
  ) throws -> ControlResiduals? {
    let (start, end) = (Double(step) / Double(stepCount), Double(step + 1) / Double(stepCount))
    guard start >= request.range.lowerBound, end <= request.range.upperBound else { return nil }
    let (network, pass) = (network.network, network.pass)
    let hint = try hint(count: inputs.sample[0])
    return try network(inputs, hint: hint, pass).scaled(by: Float(request.scale), pass.backend)
  }

  /// The encoded picture, as often as there are latents: `[N, C, h, w]`.
  private func hint(count: Int) throws -> Tensor {
    if let hint, hint[0] == count { return hint }
    let pictures = picture.repeatedPictures(count)  // [N, 3, H, W]
    let encoded = try network.network.encoded(pictures, network.pass)
    hint = encoded
    return encoded
  }
}

extension ControlResiduals {
  /// The sum of what several networks add.
  static func sum(
    _ all: [ControlResiduals], _ backend: any Backend
  ) throws -> ControlResiduals? {
    guard var total = all.first else { return nil }
    for other in all.dropFirst() {
      total.down = try zip(total.down, other.down).map { try backend.add($0, $1, factor: 1) }
      if let middle = total.middle, let more = other.middle {
        total.middle = try backend.add(middle, more, factor: 1)
      }
    }
    return total
  }
}

extension Tensor {
  /// A plain tensor of one picture as that of several: `[1, C, H, W]` to `[N, C, H, W]`.
  func repeatedPictures(_ count: Int) -> Tensor {
    let values = floats
    return Tensor(
      Shape([count] + shape.dimensions.dropFirst()), (0..<count).flatMap { _ in values })
  }
}
