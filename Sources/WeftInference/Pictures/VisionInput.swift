package import WeftFiles
package import WeftKernels
import WeftTensors

/// What CLIP's vision towers are given of a picture.
///
/// Source: https://github.com/huggingface/transformers/blob/v4.46.0/src/transformers/models/clip/image_processing_clip.py
package enum VisionInput {
  /// The side that ViT-L, ViT-H and ViT-bigG look at, in pixels.
  package static let side = 224
  /// The means of red, green and blue that the towers were trained with.
  static let means: [Float] = [0.48145466, 0.4578275, 0.40821073]
  /// Their standard deviations.
  static let deviations: [Float] = [0.26862954, 0.26130258, 0.27577711]

  /// The middle of the picture, `[1, 3, side, side]`: the shorter side is made as long as that, by bicubic resampling.
  package static func tensor(_ picture: Picture, side: Int = side) -> Tensor {
    let cut = square(picture.flattened, side)
    let planes = cut.planes
    let count = side * side
    var values = [Float](repeating: 0, count: planes.count)
    for channel in 0..<3 {
      for index in channel * count..<(channel + 1) * count {
        let unit = Float(Double(planes[index]) * (1.0 / 255))
        values[index] = (unit - means[channel]) / deviations[channel]
      }
    }
    return Tensor(Shape([1, 3, side, side]), values)
  }

  /// The square in the middle of a picture whose shorter side is made as long as the square's.
  private static func square(_ picture: Picture, _ side: Int) -> Picture {
    let short = min(picture.width, picture.height)
    let width = picture.width == short ? side : picture.width * side / short
    let height = picture.height == short ? side : picture.height * side / short
    let whole = picture.resized(width: width, height: height, .bicubic)
    return whole.part(left: (width - side) / 2, top: (height - side) / 2, width: side, height: side)
  }
}

extension Picture {
  /// A part of the picture, which must lie within it.
  package func part(left: Int, top: Int, width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(left >= 0 && top >= 0 && left + newWidth <= width && top + newHeight <= height)
    let rows = (top..<top + newHeight).map { row in
      let start = (row * width + left) * channelCount
      return values[start..<start + newWidth * channelCount]
    }
    return Picture(
      width: newWidth, height: newHeight, channelCount: channelCount, values: Array(rows.joined()))
  }
}
