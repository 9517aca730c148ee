package import WeftFiles

extension Picture {
  /// The picture in another size, the same to the last bit as Pillow's.
  ///
  /// The width is changed first, then the height, each time with a rounding to bytes; a height that shrinks much more than
  /// the width does comes first, as in Pillow 13. Colours are weighed by their opacity.
  ///
  /// Source: https://github.com/python-pillow/Pillow/blob/11.0.0/src/libImaging/Resample.c, src/PIL/Image.py (resize), and
  /// https://github.com/python-pillow/Pillow/pull/9549
  package func resized(width: Int, height: Int, _ resampling: Resampling) -> Picture {
    precondition(width > 0 && height > 0 && pixelCount > 0)
    guard width != self.width || height != self.height else { return self }
    guard resampling != .nearest else { return nearest(width: width, height: height) }
    guard channelCount == 4 else { return resampled(width, height, resampling) }
    return multiplied.resampled(width, height, resampling).divided
  }

  private func resampled(_ newWidth: Int, _ newHeight: Int, _ resampling: Resampling) -> Picture {
    let startsWithHeight = newHeight < height && height - newHeight > 2 * (width - newWidth)
    return startsWithHeight
      ? heightened(newHeight, resampling).stretched(newWidth, resampling)
      : stretched(newWidth, resampling).heightened(newHeight, resampling)
  }

  /// The picture in another width.
  private func stretched(_ newWidth: Int, _ resampling: Resampling) -> Picture {
    guard newWidth != width else { return self }
    let line = ResamplingLine(resampling, from: width, to: newWidth)
    var result = [UInt8](repeating: 0, count: newWidth * height * channelCount)
    for column in 0..<newWidth {
      let first = column * line.weightCount
      let count = min(line.weightCount, width - line.starts[column])
      let weights = Array(line.weights[first..<first + count])
      for row in 0..<height {
        let source = (row * width + line.starts[column]) * channelCount
        let target = (row * newWidth + column) * channelCount
        for channel in 0..<channelCount {
          var sum = ResamplingLine.half
          var place = source + channel
          for weight in weights {
            sum &+= Int32(values[place]) &* weight
            place &+= channelCount
          }
          result[target + channel] = Self.clipped(sum)
        }
      }
    }
    return Picture(width: newWidth, height: height, channelCount: channelCount, values: result)
  }

  /// The picture in another height.
  private func heightened(_ newHeight: Int, _ resampling: Resampling) -> Picture {
    guard newHeight != height else { return self }
    let line = ResamplingLine(resampling, from: height, to: newHeight)
    let stride = width * channelCount
    var result = [UInt8](repeating: 0, count: stride * newHeight)
    var sums = [Int32](repeating: 0, count: stride)
    for row in 0..<newHeight {
      for index in sums.indices { sums[index] = ResamplingLine.half }
      for tap in 0..<min(line.weightCount, height - line.starts[row]) {
        let weight = line.weights[row * line.weightCount + tap]
        let source = values[
          (line.starts[row] + tap) * stride..<(line.starts[row] + tap + 1) * stride]
        for index in sums.indices {
          sums[index] &+= Int32(source[source.startIndex &+ index]) &* weight
        }
      }
      for index in sums.indices { result[row * stride + index] = Self.clipped(sums[index]) }
    }
    return Picture(width: width, height: newHeight, channelCount: channelCount, values: result)
  }

  /// The byte that a sum with its fraction stands for.
  private static func clipped(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> ResamplingLine.precisionBits, 0), 255))
  }

  /// The picture in another size, each pixel one of its own.
  ///
  /// Source: https://github.com/python-pillow/Pillow/blob/11.0.0/src/libImaging/Geometry.c (ImagingScaleAffine)
  private func nearest(width newWidth: Int, height newHeight: Int) -> Picture {
    let columns = Self.nearest(from: width, to: newWidth)
    let rows = Self.nearest(from: height, to: newHeight)
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * channelCount)
    var target = 0
    for row in rows {
      for column in columns {
        let source = (row * width + column) * channelCount
        for channel in 0..<channelCount { result[target + channel] = values[source + channel] }
        target += channelCount
      }
    }
    return Picture(
      width: newWidth, height: newHeight, channelCount: channelCount, values: result)
  }

  /// The pixel that each pixel of a line is; steps are added up, as there, for the same rounding.
  private static func nearest(from sourceCount: Int, to count: Int) -> [Int] {
    let step = Double(sourceCount) / Double(count)
    var position = step * 0.5
    return (0..<count).map { _ in
      defer { position += step }
      return min(Int(position), sourceCount - 1)
    }
  }
}

extension Picture {
  /// The colours times their opacity.
  private var multiplied: Picture {
    var result = self
    for pixel in 0..<pixelCount {
      let opacity = Int(values[4 * pixel + 3])
      for index in 4 * pixel..<4 * pixel + 3 {
        let product = Int(values[index]) * opacity + 128
        result.values[index] = UInt8(((product >> 8) + product) >> 8)
      }
    }
    return result
  }

  /// The colours divided by their opacity.
  private var divided: Picture {
    var result = self
    for pixel in 0..<pixelCount {
      let opacity = Int(values[4 * pixel + 3])
      guard 1..<255 ~= opacity else { continue }
      for index in 4 * pixel..<4 * pixel + 3 {
        result.values[index] = UInt8(min(255, 255 * Int(values[index]) / opacity))
      }
    }
    return result
  }
}
