package import WeftFiles

/// A colour of 8 bits a channel.
package struct Colour: Sendable, Hashable {
  /// Red, green and blue.
  package let (red, green, blue): (UInt8, UInt8, UInt8)

  /// Makes a colour of a number such as 0xFFFFFF.
  package init(_ code: UInt32) {
    (red, green, blue) = (UInt8(code >> 16 & 0xFF), UInt8(code >> 8 & 0xFF), UInt8(code & 0xFF))
  }

  package static let white = Colour(0xFFFFFF)
}

/// A rectangle of pixels.
package struct PixelBox: Sendable, Hashable {
  /// The place of its upper left corner.
  package var (x, y): (Int, Int)
  /// Its size.
  package var (width, height): (Int, Int)

  /// Makes a rectangle.
  package init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

/// A picture in colours that is drawn on; what lies beyond its edges is left out.
package struct Canvas: Sendable {
  /// What has been drawn.
  package private(set) var picture: Picture

  /// An empty sheet.
  package init(width: Int, height: Int, background: Colour = .white) {
    var values = [UInt8](repeating: background.red, count: width * height * 3)
    if background.green != background.red || background.blue != background.red {
      for pixel in 0..<width * height {
        (values[3 * pixel + 1], values[3 * pixel + 2]) = (background.green, background.blue)
      }
    }
    picture = Picture(width: width, height: height, channelCount: 3, values: values)
  }

  /// The part of a rectangle that is on the sheet.
  private func visible(_ box: PixelBox) -> (columns: Range<Int>, rows: Range<Int>) {
    let (left, top) = (max(0, box.x), max(0, box.y))
    let right = max(left, min(picture.width, box.x + box.width))
    let bottom = max(top, min(picture.height, box.y + box.height))
    return (left..<right, top..<bottom)
  }

  /// Fills a rectangle.
  package mutating func fill(_ box: PixelBox, _ colour: Colour) {
    let (columns, rows) = visible(box)
    for y in rows {
      for x in columns {
        let place = 3 * (y * picture.width + x)
        (picture.values[place], picture.values[place + 1]) = (colour.red, colour.green)
        picture.values[place + 2] = colour.blue
      }
    }
  }

  /// Draws lines around a rectangle, just outside of it.
  package mutating func frame(_ box: PixelBox, _ colour: Colour, thickness: Int = 1) {
    let (width, height) = (box.width + 2 * thickness, thickness)
    let x = box.x - thickness
    fill(PixelBox(x: x, y: box.y - thickness, width: width, height: height), colour)
    fill(PixelBox(x: x, y: box.y + box.height, width: width, height: height), colour)
    fill(PixelBox(x: x, y: box.y, width: thickness, height: box.height), colour)
    fill(PixelBox(x: box.x + box.width, y: box.y, width: thickness, height: box.height), colour)
  }

  /// Draws a picture with its upper left corner at a place.
  package mutating func draw(_ other: Picture, x: Int, y: Int) {
    let colours = other.flattened
    let (columns, rows) = visible(PixelBox(x: x, y: y, width: other.width, height: other.height))
    for row in rows {
      let source = 3 * ((row - y) * other.width - x)
      let target = 3 * row * picture.width
      for index in 3 * columns.lowerBound..<3 * columns.upperBound {
        picture.values[target + index] = colours.values[source + index]
      }
    }
  }

  /// Draws a line of text whose pen starts at `x`; the tops of its letters are below `y`.
  package mutating func draw(
    _ text: some StringProtocol, _ lettering: Lettering, x: Int, y: Int, _ colour: Colour
  ) {
    guard let ink = lettering.typeface.line(text, size: lettering.size) else { return }
    let left = x - Int((lettering.typeface.overhang * lettering.size).rounded())
    let (columns, rows) = visible(
      PixelBox(x: left, y: y, width: ink.width, height: ink.height))
    let channels = [Int(colour.red), Int(colour.green), Int(colour.blue)]
    for row in rows {
      for column in columns {
        let opacity = Int(ink.values[(row - y) * ink.width + column - left])
        guard opacity > 0 else { continue }
        let place = 3 * (row * picture.width + column)
        for channel in 0..<3 {
          let below = Int(picture.values[place + channel])
          picture.values[place + channel] = UInt8(
            (below * (255 - opacity) + channels[channel] * opacity + 127) / 255)
        }
      }
    }
  }
}
