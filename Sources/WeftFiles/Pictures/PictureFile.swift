/// A picture with the texts that are stored beside it.
package struct PictureFile: Sendable {
  /// A text of a file, such as the parameters that a picture was made with.
  package struct Text: Sendable, Hashable {
    /// The keyword, such as `parameters`.
    package let keyword: String
    /// The text.
    package let text: String

    /// Makes a text.
    package init(_ keyword: String, _ text: String) { (self.keyword, self.text) = (keyword, text) }
  }

  /// The keyword of the parameters as A1111 writes them; a JPEG has them as its user's comment.
  package static let parametersKeyword = "parameters"

  /// The picture, upright.
  package let picture: Picture
  /// The texts in the order of the file.
  package let texts: [Text]

  /// Puts a picture and texts together.
  package init(_ picture: Picture, texts: [Text] = []) {
    (self.picture, self.texts) = (picture, texts)
  }

  /// The first text of a keyword, or nil.
  package subscript(keyword: String) -> String? { texts.first { $0.keyword == keyword }?.text }
}

extension PictureFile {
  /// Reads a PNG or JPEG file, whichever it is.
  ///
  /// 16 bits a channel become 8, palettes become colours, grey with opacity becomes RGBA, and a photo is turned upright.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: what the file may ask for.
  /// - Returns: the picture and its texts.
  /// - Throws: `FileError` when the file cannot be read, `PictureError` when it is no picture or a damaged one.
  package static func read(_ path: String, limits: PictureLimits = .standard) throws -> PictureFile
  {
    let file = try InputFile.open(path)
    guard file.byteCount <= limits.fileByteCount else {
      let reason = PictureError.Reason.longFile(
        byteCount: file.byteCount, limit: limits.fileByteCount)
      throw PictureError(path: path, reason: reason)
    }
    return try PictureFile(try file.bytes(0..<file.byteCount), path: path, limits: limits)
  }

  /// Reads the bytes of a PNG or JPEG file; errors name `path`.
  package init(_ bytes: [UInt8], path: String, limits: PictureLimits = .standard) throws {
    guard !bytes.isEmpty else { throw PictureError(path: path, reason: .empty) }
    switch PictureFormat(start: bytes) {
    case .png: self = try PNGReader(bytes: bytes, path: path, limits: limits).read()
    case .jpeg: self = try JPEGReader(bytes: bytes, path: path, limits: limits).read()
    case nil:
      let title = OtherPicture.title(Array(bytes.prefix(512)))
      throw PictureError(path: path, reason: .notAPicture(title))
    }
  }
}

extension PictureFile {
  /// The quality of JPEG files, from 1 to 100.
  package static let jpegQuality = 95

  /// The bytes of a file of a format; the same picture and texts give the same bytes.
  ///
  /// - Parameters:
  ///   - format: the format; a JPEG has no opacity, so that such a picture is laid on white.
  ///   - quality: of a JPEG, from 1 to 100.
  ///   - path: the file that errors name.
  /// - Returns: the bytes.
  /// - Throws: `PictureError` when the format has no room for the picture or a text.
  package func encoded(
    as format: PictureFormat, quality: Int = jpegQuality, path: String = ""
  ) throws -> [UInt8] {
    switch format {
    case .png: try PNGWriter(path: path).encode(self)
    case .jpeg: try JPEGWriter(path: path, quality: quality).encode(self)
    }
  }

  /// Writes a file that appears complete or not at all; a path that ends like a JPEG's gives one, any other a PNG.
  ///
  /// - Parameters:
  ///   - path: where the file is to appear.
  ///   - replacing: whether an existing file may be replaced.
  ///   - inputs: files that must never be replaced.
  ///   - syncs: whether the bytes must be on the disk before the file appears.
  ///   - quality: of a JPEG, from 1 to 100.
  /// - Throws: `PictureError` when the format has no room, `FileError` for what must not or cannot be written.
  package func write(
    to path: String, replacing: Bool, inputs: [InputFile] = [], syncs: Bool = false,
    quality: Int = jpegQuality
  ) throws {
    let format = PictureFormat(path: path) ?? .png
    let bytes = try encoded(as: format, quality: quality, path: path)
    let file = try OutputFile.create(
      at: path, byteCount: bytes.count, replacing: replacing, inputs: inputs)
    try file.write(bytes, at: 0)
    try file.commit(sync: syncs)
  }
}
