import WeftTensors

/// The letters of a typeface as a picture of cells, row after row, and how far each moves the pen.
package struct TypefaceSource: Sendable {
  let id: String
  /// The file of the picture, for messages.
  package let file: String
  /// The bytes of the picture, a PNG in grey: white is ink.
  package let atlas: [UInt8]
  /// The cells of a row.
  package let columns: Int
  /// The size of a cell, in pixels.
  package let (width, height): (Int, Int)
  /// Where in its cell a letter's pen starts: to the right of the left edge, and below the upper one.
  package let (left, baseline): (Int, Int)
  /// The size of the letters: the pixels of an em.
  package let em: Int
  /// The characters in the order of their cells.
  package let characters: [Unicode.Scalar]
  /// How far each moves the pen, in 64ths of a pixel.
  package let advances: [Int]

  private static let keys = [
    "id", "atlas", "licence", "columns", "width", "height", "left", "baseline", "em", "ranges",
    "advances",
  ]

  /// Reads the source from its file; `text` gives the bytes of the files that it names.
  init(
    _ value: JSONValue, file: String, text: (String) throws(FormatError) -> [UInt8]
  ) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    self.file = try object.text("atlas")
    atlas = try text(self.file)
    _ = try text(try object.text("licence"))
    columns = try object.integer("columns")
    (width, height) = (try object.integer("width"), try object.integer("height"))
    (left, baseline) = (try object.integer("left"), try object.integer("baseline"))
    em = try object.integer("em")
    let bounds = try object.integers("ranges")
    let codes = stride(from: 0, to: bounds.count - 1, by: 2).flatMap {
      Array(bounds[$0]...max(bounds[$0], bounds[$0 + 1]))
    }
    characters = codes.compactMap { UInt32(exactly: $0).flatMap(Unicode.Scalar.init) }
    advances = try object.integers("advances")
    guard advances.count == characters.count, columns > 0, width > 0, height > 0, em > 0 else {
      throw object.failure("advances", "are not one for each character")
    }
  }
}

extension FormatFolders {
  /// The typefaces by name.
  mutating func typefaces() throws(FormatError) -> [String: TypefaceSource] {
    var sources: [String: TypefaceSource] = [:]
    for (file, value) in folder("fonts") {
      var named: [String] = []
      let source = try TypefaceSource(value, file: file) { path throws(FormatError) in
        named.append(path)
        guard let bytes = texts[path] else {
          throw .malformed(file: file, what: "it names '\(path)', which is missing")
        }
        return bytes
      }
      markRead(named)
      sources[source.id] = source
    }
    return sources
  }
}

extension FormatLibrary {
  /// The letters of a typeface, such as `sans` or `sans-bold`.
  package func typeface(_ id: String) throws(FormatError) -> TypefaceSource {
    guard let source = typefaces[id] else {
      throw .malformed(file: "fonts", what: "there is no typeface '\(id)'")
    }
    return source
  }
}
