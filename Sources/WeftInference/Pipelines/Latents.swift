package import WeftKernels
import WeftTensors

/// The latents of some pictures, one after the other.
package struct Latents: Sendable {
  /// The number of pictures.
  package let pictureCount: Int
  /// The channels of one of them.
  package let channelCount: Int
  /// The rows of one of them.
  package let height: Int
  /// The columns of one of them.
  package let width: Int
  /// The values: `pictureCount · channelCount · height · width` of them.
  package var values: [Float]

  /// Takes as many values as the sizes say.
  package init(
    pictureCount: Int, channelCount: Int, height: Int, width: Int, values: [Float]
  ) {
    precondition(values.count == pictureCount * channelCount * height * width)
    (self.pictureCount, self.channelCount) = (pictureCount, channelCount)
    (self.height, self.width, self.values) = (height, width, values)
  }

  /// Takes `[N, C, h, w]`, a plain tensor.
  package init(_ tensor: Tensor) {
    self.init(
      pictureCount: tensor[0], channelCount: tensor[1], height: tensor[2], width: tensor[3],
      values: tensor.floats)
  }

  /// The values of one picture.
  package var countEach: Int { channelCount * height * width }

  /// The latents as `[N, C, h, w]`.
  package var tensor: Tensor { Tensor([pictureCount, channelCount, height, width], values) }

  /// One of the pictures' as `[1, C, h, w]`.
  package func picture(_ index: Int) -> Tensor {
    Tensor(
      [1, channelCount, height, width], Array(values[index * countEach..<(index + 1) * countEach]))
  }

  /// The same sizes with other values.
  package func with(_ values: [Float]) -> Latents {
    Latents(
      pictureCount: pictureCount, channelCount: channelCount, height: height, width: width,
      values: values)
  }
}
