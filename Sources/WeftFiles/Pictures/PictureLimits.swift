/// What a picture's file may ask for; whatever asks for more is refused before memory is taken.
package struct PictureLimits: Sendable {
  /// The largest number of bytes of a file.
  package var fileByteCount: Int
  /// The largest number of pixels.
  package var pixelCount: Int
  /// The largest number of bytes of everything beside the pixels of a PNG, unpacked.
  package var textByteCount: Int

  /// Makes limits.
  package init(fileByteCount: Int, pixelCount: Int, textByteCount: Int) {
    self.fileByteCount = fileByteCount
    self.pixelCount = pixelCount
    self.textByteCount = textByteCount
  }

  /// Half a gibibyte of file; 128 mebipixels, such as 16384x8192; texts such as the graphs that ComfyUI writes.
  package static let standard = PictureLimits(
    fileByteCount: 512 << 20, pixelCount: 128 << 20, textByteCount: 64 << 20)

  /// Throws for a picture of too many pixels, or of more than a file of `byteCount` bytes can hold.
  ///
  /// - Parameters:
  ///   - width: the columns that the file promises.
  ///   - height: the rows that it promises.
  ///   - byteCount: the size of the file.
  ///   - bitsPerPixel: the fewest bits that a pixel takes in it.
  ///   - path: the file.
  /// - Throws: `PictureError` that says which of the two it is.
  func check(
    width: Int, height: Int, byteCount: Int, bitsPerPixel: Double, path: String
  ) throws(PictureError) {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0 else {
      throw PictureError(path: path, reason: .damaged("its size is \(width)x\(height)"))
    }
    guard !overflow, count <= pixelCount else {
      let reason = PictureError.Reason.tooLarge(width: width, height: height, limit: pixelCount)
      throw PictureError(path: path, reason: reason)
    }
    guard Double(count) * bitsPerPixel <= Double(byteCount) * 8 else {
      throw PictureError(
        path: path, reason: .tooShort(width: width, height: height, byteCount: byteCount))
    }
  }
}
