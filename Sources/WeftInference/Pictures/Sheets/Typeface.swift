import WeftFiles
package import WeftFormats

/// Letters that can be drawn in any size up to that of their atlas, and a little beyond.
package struct Typeface: Sendable {
  private let source: TypefaceSource
  private let atlas: Picture
  private let indices: [Unicode.Scalar: Int]

  /// The box that stands for a letter that is not there, in parts of an em.
  private enum Box {
    static let (advance, left, right, height, line) = (0.66, 0.08, 0.58, 0.72, 0.05)
  }

  /// Unpacks the letters.
  ///
  /// - Throws: `PictureError` when the picture of the letters is damaged.
  package init(_ source: TypefaceSource) throws {
    self.source = source
    atlas = try PictureFile(source.atlas, path: "formats/\(source.file)").picture.grey
    let rows = (source.characters.count + source.columns - 1) / source.columns
    guard atlas.width == source.columns * source.width, atlas.height >= rows * source.height else {
      throw PictureError(
        path: "formats/\(source.file)", reason: .damaged("its cells are of another size"))
    }
    indices = Dictionary(zip(source.characters, 0...)) { first, _ in first }
  }

  /// How much of an em is above the line that letters stand on.
  var ascent: Double { Double(source.baseline) / Double(source.em) }

  /// The width of a line, in ems.
  func width(of text: some StringProtocol) -> Double {
    text.reduce(0) { $0 + advance(of: $1) } / Double(source.em)
  }

  /// A line as a picture in grey, white where there is ink; its letters stand at `ascent` from above.
  ///
  /// It is set in the size of the atlas and then made smaller as a whole, so that pens may stand between pixels.
  ///
  /// - Parameters:
  ///   - text: the line.
  ///   - size: the pixels of an em.
  /// - Returns: the line; nil when it has no width.
  func line(_ text: some StringProtocol, size: Double) -> Picture? {
    let scale = size / Double(source.em)
    let length = text.reduce(0) { $0 + advance(of: $1) }
    // The last letter may reach beyond its advance.
    let width = Int(length.rounded(.up)) + 2 * source.left
    let target = Int((Double(width) * scale).rounded())
    let height = Int((Double(source.height) * scale).rounded())
    guard length > 0, target > 0, height > 0 else { return nil }
    var line = [UInt8](repeating: 0, count: width * source.height)
    var pen = Double(source.left)
    for character in text {
      draw(character, at: Int(pen.rounded()), into: &line, width: width)
      pen += advance(of: character)
    }
    return Picture(width: width, height: source.height, channelCount: 1, values: line)
      .resized(width: target, height: height, .bicubic)
  }

  /// How far before its pen a line's picture starts, in ems.
  var overhang: Double { Double(source.left) / Double(source.em) }

  /// The cell of a character; accents that no letter here has are left out.
  private func index(of character: Character) -> Int? {
    character.unicodeScalars.first.flatMap { indices[$0] }
  }

  private func advance(of character: Character) -> Double {
    guard let index = index(of: character) else { return Box.advance * Double(source.em) }
    return Double(source.advances[index]) / 64
  }

  private func draw(_ character: Character, at pen: Int, into line: inout [UInt8], width: Int) {
    guard let index = index(of: character) else {
      return drawBox(at: pen, into: &line, width: width)
    }
    let left = pen - source.left
    let (cellX, cellY) = (
      index % source.columns * source.width, index / source.columns * source.height
    )
    for y in 0..<source.height {
      let row = (cellY + y) * atlas.width + cellX
      for x in max(0, -left)..<max(max(0, -left), min(source.width, width - left)) {
        let place = y * width + left + x
        line[place] = max(line[place], atlas.values[row + x])
      }
    }
  }

  private func drawBox(at pen: Int, into line: inout [UInt8], width: Int) {
    let em = Double(source.em)
    let (left, right) = (pen + Int(Box.left * em), pen + Int(Box.right * em))
    let (top, bottom) = (source.baseline - Int(Box.height * em), source.baseline)
    let thickness = max(1, Int(Box.line * em))
    for y in max(0, top)..<bottom {
      for x in max(0, left)..<min(right, width) {
        let isEdge =
          y < top + thickness || y >= bottom - thickness || x < left + thickness
          || x >= right - thickness
        if isEdge { line[y * width + x] = 255 }
      }
    }
  }
}
