package import WeftFiles

/// Pictures in rows and columns with labels beside them, on one sheet; several such tables stand side by side.
package struct GridSheet: Sendable {
  /// A place of a table: a picture, or why there is none.
  package enum Cell: Sendable {
    case picture(Picture)
    /// What is said in the place of a picture that failed or is not there yet.
    case message(String)
  }

  /// What the rows, or the columns, differ in.
  package struct Axis: Sendable {
    /// The name of what differs, such as `Adapter scale`; may be empty.
    package let title: String
    /// What each row or column has.
    package let labels: [String]

    /// Makes an axis.
    package init(_ title: String, _ labels: [String]) {
      (self.title, self.labels) = (title, labels)
    }
  }

  /// A table, and what is the same in all of its cells.
  package struct Table: Sendable {
    /// What the table differs from the others in; empty for a table that is alone.
    package let title: String
    /// The cells, row after row: as many as the axes have labels.
    package let rows: [[Cell]]

    /// Makes a table.
    package init(_ title: String = "", rows: [[Cell]]) { (self.title, self.rows) = (title, rows) }
  }

  /// How pictures of different sizes are shown.
  package enum Scaling: Sendable {
    /// A pixel is a pixel: larger pictures are larger on the sheet.
    case pixels
    /// All pictures are as high as the highest one, or so many pixels.
    case equalHeight(Int? = nil)
  }

  /// What stands above everything; may be empty.
  package let title: String
  /// What stands below everything in small letters; may be empty.
  package let note: String
  /// What the rows differ in.
  package let rows: Axis
  /// What the columns differ in.
  package let columns: Axis
  /// The tables, from left to right.
  package let tables: [Table]

  /// Makes a sheet.
  package init(
    title: String = "", note: String = "", rows: Axis, columns: Axis, tables: [Table],
    scaling: Scaling = .pixels
  ) {
    (self.title, self.note, self.rows, self.columns) = (title, note, rows, columns)
    let height = Self.height(scaling, tables)
    self.tables = tables.map { table in
      Table(table.title, rows: table.rows.map { $0.map { Self.scaled($0, to: height) } })
    }
  }

  /// The height that pictures are scaled to; nil for their own.
  private static func height(_ scaling: Scaling, _ tables: [Table]) -> Int? {
    guard case .equalHeight(let wanted) = scaling else { return nil }
    let heights = tables.flatMap { $0.rows.joined() }.compactMap { cell in
      if case .picture(let picture) = cell { picture.height } else { nil }
    }
    return wanted ?? heights.max()
  }

  private static func scaled(_ cell: Cell, to height: Int?) -> Cell {
    guard let height, height > 0, case .picture(let picture) = cell, picture.pixelCount > 0 else {
      return cell
    }
    let width = max(1, (picture.width * height + picture.height / 2) / picture.height)
    return .picture(picture.resized(width: width, height: height, .lanczos))
  }
}

extension GridSheet {
  /// Draws the sheet.
  ///
  /// - Parameters:
  ///   - plain: the letters of labels.
  ///   - bold: the letters of titles.
  /// - Returns: the sheet.
  /// - Throws: `PictureError` for a sheet of more pixels than pictures may have.
  package func drawn(_ plain: Typeface, _ bold: Typeface) throws -> Picture {
    let layout = SheetLayout(self, plain, bold)
    let limit = PictureLimits.standard.pixelCount
    guard layout.width.multipliedReportingOverflow(by: layout.height).partialValue <= limit else {
      throw PictureError(
        path: "sheet",
        reason: .tooLarge(width: layout.width, height: layout.height, limit: limit))
    }
    return SheetPainter(sheet: self, layout: layout).painted()
  }
}
