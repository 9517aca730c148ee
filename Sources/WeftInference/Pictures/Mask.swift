package import WeftFiles
package import WeftKernels
import WeftTensors

/// What of a picture is to be painted again: 1 where it is, 0 where the picture stays.
package struct Mask: Sendable, Equatable {
  /// The number of columns.
  package let width: Int
  /// The number of rows.
  package let height: Int
  /// 0 or 1 of each pixel, row after row.
  package let values: [Float]

  /// The mask that a picture shows in grey: what is at least half white is painted again.
  package init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    values = picture.grey.values.map { $0 >= 128 ? 1 : 0 }
  }

  private init(width: Int, height: Int, values: [Float]) {
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The mask in another size, such as a latent's: each value is the nearest one above and to the left.
  ///
  /// Source: https://pytorch.org/docs/2.5/generated/torch.nn.functional.interpolate.html (nearest)
  package func resized(width newWidth: Int, height newHeight: Int) -> Mask {
    var resized: [Float] = []
    resized.reserveCapacity(newWidth * newHeight)
    for row in 0..<newHeight {
      let start = row * height / newHeight * width
      for column in 0..<newWidth { resized.append(values[start + column * width / newWidth]) }
    }
    return Mask(width: newWidth, height: newHeight, values: resized)
  }

  /// The mask as `[1, 1, H, W]`.
  package var tensor: Tensor { Tensor(Shape([1, 1, height, width]), values) }

  /// Whether nothing is to be painted again.
  package var isEmpty: Bool { !values.contains(1) }
}
