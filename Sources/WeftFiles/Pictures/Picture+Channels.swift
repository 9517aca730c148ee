extension Picture {
  /// The number of pixels.
  package var pixelCount: Int { width * height }

  /// The picture in red, green and blue; what is transparent is laid on white.
  package var flattened: Picture {
    switch channelCount {
    case 3: return self
    case 1: return repeatingGrey
    default: return laidOnWhite
    }
  }

  /// The picture in grey, by the weights of ITU-R 601 in 16 bits as Pillow has them.
  ///
  /// Source: https://github.com/python-pillow/Pillow/blob/11.0.0/src/libImaging/Convert.c (L24)
  package var grey: Picture {
    guard channelCount != 1 else { return self }
    let colours = flattened.values
    var greys = [UInt8](repeating: 0, count: pixelCount)
    for pixel in 0..<pixelCount {
      let (red, green) = (Int(colours[3 * pixel]), Int(colours[3 * pixel + 1]))
      let sum = red * 19595 + green * 38470 + Int(colours[3 * pixel + 2]) * 7471
      greys[pixel] = UInt8((sum + 0x8000) >> 16)
    }
    return Picture(width: width, height: height, channelCount: 1, values: greys)
  }

  private var repeatingGrey: Picture {
    var colours = [UInt8](repeating: 0, count: 3 * pixelCount)
    for pixel in 0..<pixelCount {
      for channel in 0..<3 { colours[3 * pixel + channel] = values[pixel] }
    }
    return Picture(width: width, height: height, channelCount: 3, values: colours)
  }

  private var laidOnWhite: Picture {
    var colours = [UInt8](repeating: 0, count: 3 * pixelCount)
    for pixel in 0..<pixelCount {
      let opacity = Int(values[4 * pixel + 3])
      for channel in 0..<3 {
        let sum = Int(values[4 * pixel + channel]) * opacity + 255 * (255 - opacity)
        colours[3 * pixel + channel] = UInt8((sum + 127) / 255)
      }
    }
    return Picture(width: width, height: height, channelCount: 3, values: colours)
  }
}
