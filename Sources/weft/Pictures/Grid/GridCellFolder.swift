import WeftFiles
import WeftInference

/// Where the cells of a grid are written one by one.
struct GridCellFolder {
  private let folder: String
  private let options: PictureOptions

  /// Makes the folder.
  init(_ folder: String, _ options: PictureOptions) throws {
    (self.folder, self.options) = (folder, options)
    try Paths.makeDirectory(folder)
  }

  /// Writes a picture with its settings, named after its place.
  func write(
    _ picture: Picture, of session: PictureSession, place: (column: Int, row: Int, table: Int)
  ) throws {
    let name = [place.table, place.row, place.column].map { String($0 + 1) }.joined(separator: "-")
    let record = try PictureRecord(session, options)
    try PictureFile(picture, texts: record.texts(picture: 0)).write(
      to: Paths.join(folder, "\(name).png"), replacing: options.work.force)
  }
}
