package import WeftFiles
package import WeftKernels
import WeftTensors

/// What numbers stand for black and white.
package enum PictureRange: Sendable {
  /// From 0 to 1, as small autoencoders have it.
  case unit
  /// From -1 to 1, as autoencoders have it.
  case signed
}

extension Picture {
  /// The picture's colours as `[1, 3, H, W]`; what is transparent is laid on white.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.31.0/src/diffusers/image_processor.py (preprocess)
  package func tensor(_ range: PictureRange) -> Tensor {
    let levels = Self.levels(range)
    let values = flattened.planes.map { levels[Int($0)] }
    return Tensor(Shape([1, 3, height, width]), values)
  }

  /// The pictures of a batch `[N, 3, H, W]`; values beyond black and white count as these.
  ///
  /// Halves are rounded to even, as numpy does it.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.31.0/src/diffusers/image_processor.py (postprocess)
  package static func pictures(_ tensor: Tensor, _ range: PictureRange) -> [Picture] {
    precondition(tensor.shape.rank == 4 && [1, 3].contains(tensor[1]))
    let (channels, height, width) = (tensor[1], tensor[2], tensor[3])
    let values = tensor.floats
    let count = channels * height * width
    return (0..<tensor[0]).map { index in
      let planes = values[index * count..<(index + 1) * count].map { byte($0, range) }
      return Picture(planes: planes, width: width, height: height, channelCount: channels)
    }
  }

  /// The nearest of the 256 levels.
  static func byte(_ value: Float, _ range: PictureRange) -> UInt8 {
    let unit = range == .unit ? value : value * 0.5 + 0.5
    // Not a number is black: it must not end the program.
    guard unit > 0 else { return 0 }
    return UInt8((min(unit, 1) * 255).rounded(.toNearestOrEven))
  }

  /// The numbers of the 256 levels.
  private static func levels(_ range: PictureRange) -> [Float] {
    (0..<256).map { level in
      let unit = Float(level) / 255
      return range == .unit ? unit : 2 * unit - 1
    }
  }
}

extension Picture {
  /// The values channel after channel, `[C, H, W]`.
  package var planes: [UInt8] {
    guard channelCount > 1 else { return values }
    var planes = [UInt8](repeating: 0, count: values.count)
    for channel in 0..<channelCount {
      let start = channel * pixelCount
      for pixel in 0..<pixelCount {
        planes[start + pixel] = values[pixel * channelCount + channel]
      }
    }
    return planes
  }

  /// A picture of values channel after channel, `[C, H, W]`.
  package init(planes: [UInt8], width: Int, height: Int, channelCount: Int) {
    var values = planes
    let pixelCount = width * height
    for channel in 0..<channelCount where channelCount > 1 {
      let start = channel * pixelCount
      for pixel in 0..<pixelCount {
        values[pixel * channelCount + channel] = planes[start + pixel]
      }
    }
    self.init(width: width, height: height, channelCount: channelCount, values: values)
  }
}
