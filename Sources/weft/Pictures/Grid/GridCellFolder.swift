import WeftFiles
import WeftInference

/// Where the cells of a grid are written one by one.
struct GridCellFolder {
  private let folder: String
  private let options: PictureOptions

  /// Makes the folder, and refuses cells that are there already before anything is computed.
  init(_ folder: String, _ options: PictureOptions, _ plan: GridPlan) throws {
    (self.folder, self.options) = (folder, options)
    try Paths.makeDirectory(folder)
    for cell in plan.cells {
      try OutputFile.check(path(cell.place), replacing: options.work.force, inputs: [])
    }
  }

  private func path(_ place: (column: Int, row: Int, table: Int)) -> String {
    let name = [place.table, place.row, place.column].map { String($0 + 1) }.joined(separator: "-")
    return Paths.join(folder, "\(name).png")
  }

  /// Writes a picture with its settings, named after its place.
  func write(
    _ picture: Picture, of session: PictureSession, place: (column: Int, row: Int, table: Int)
  ) throws {
    let record = try PictureRecord(session, options)
    try PictureFile(picture, texts: record.texts(picture: 0)).write(
      to: path(place), replacing: options.work.force, syncs: !options.work.noSync)
  }
}
