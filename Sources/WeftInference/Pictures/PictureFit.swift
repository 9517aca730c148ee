package import WeftFiles

/// What is done with a picture whose sides are not in the wanted proportion.
///
/// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/images.py (resize_image)
package enum PictureFit: String, Sendable, CaseIterable {
  /// It is stretched ("just resize").
  case stretch
  /// It fills the size, and what stands over is cut off on both sides ("crop and resize").
  case crop
  /// All of it is there, and its outermost rows or columns are repeated beside it ("resize and fill").
  case fill
}

extension Picture {
  /// The picture in a size, made to fit.
  package func fitted(
    width: Int, height: Int, _ fit: PictureFit, _ resampling: Resampling = .lanczos
  ) -> Picture {
    precondition(width > 0 && height > 0 && pixelCount > 0)
    let isWider = self.width * height > width * self.height
    // The larger or the smaller of the two scales.
    let keepsHeight = fit == .crop ? isWider : !isWider
    let (newWidth, newHeight) =
      switch fit {
      case .stretch: (width, height)
      case _ where keepsHeight: (max(1, self.width * height / self.height), height)
      default: (width, max(1, self.height * width / self.width))
      }
    return resized(width: newWidth, height: newHeight, resampling)
      .centered(width: width, height: height)
  }

  /// The middle of the picture in a size; beyond its edges the outermost pixels are repeated.
  func centered(width newWidth: Int, height newHeight: Int) -> Picture {
    guard newWidth != width || newHeight != height else { return self }
    let left = newWidth / 2 - width / 2
    let top = newHeight / 2 - height / 2
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * channelCount)
    var target = 0
    for row in 0..<newHeight {
      let y = min(max(row - top, 0), height - 1)
      for column in 0..<newWidth {
        let source = (y * width + min(max(column - left, 0), width - 1)) * channelCount
        for channel in 0..<channelCount { result[target + channel] = values[source + channel] }
        target += channelCount
      }
    }
    return Picture(
      width: newWidth, height: newHeight, channelCount: channelCount, values: result)
  }
}
