import WeftFiles

/// Draws a sheet of which it is known where everything is.
struct SheetPainter {
  let sheet: GridSheet
  let layout: SheetLayout

  private var style: SheetStyle { layout.style }

  func painted() -> Picture {
    var canvas = Canvas(width: layout.width, height: layout.height)
    paintTitle(&canvas)
    paintRowLabels(&canvas)
    for table in sheet.tables.indices {
      paintHeadings(table, &canvas)
      paintCells(table, &canvas)
    }
    paintNote(&canvas)
    return canvas.picture
  }

  private func paintTitle(_ canvas: inout Canvas) {
    for (index, line) in layout.titleLines.enumerated() {
      let y = style.margin + index * style.title.lineHeight
      canvas.draw(line, style.title, x: style.margin, y: y, SheetStyle.ink)
    }
  }

  private func paintNote(_ canvas: inout Canvas) {
    let top = layout.cellsTop + layout.tableHeight + style.margin / 2
    for (index, line) in layout.noteLines.enumerated() {
      let y = top + index * style.note.lineHeight
      canvas.draw(line, style.note, x: style.margin, y: y, SheetStyle.faintInk)
    }
  }

  /// Labels end beside the pictures, in the middle of their row.
  private func paintRowLabels(_ canvas: inout Canvas) {
    let right = style.margin + layout.rowLabelWidth
    for (row, lines) in layout.rowLabels.enumerated() where row < layout.rowHeights.count {
      let room = layout.room(table: 0, row: row, column: 0)
      var y = room.y + (room.height - lines.count * style.label.lineHeight) / 2
      for line in lines {
        let x = right - style.label.width(of: line)
        canvas.draw(line, style.label, x: x, y: y, SheetStyle.ink)
        y += style.label.lineHeight
      }
    }
    let title = style.heading.wrapped(
      sheet.rows.title, width: layout.rowLabelWidth, lineLimit: 1)
    for line in title {
      canvas.draw(
        line, style.heading, x: right - style.heading.width(of: line),
        y: layout.columnLabelsBottom - style.label.lineHeight, SheetStyle.faintInk)
    }
  }

  /// The table's title and that of the columns, each with a line below it, and the labels of the columns.
  private func paintHeadings(_ table: Int, _ canvas: inout Canvas) {
    let left = layout.tableLeft(table)
    let titles = layout.tableTitles[table]
    if !titles.isEmpty {
      let lines = (layout.tableTitles.map(\.count).max() ?? 0) - titles.count
      let top = layout.tableTitlesTop + lines * style.heading.lineHeight
      paintHeading(titles, left: left, top: top, SheetStyle.ink, &canvas)
    }
    if layout.hasColumnTitle {
      let title = style.heading.wrapped(
        sheet.columns.title, width: layout.tableWidth, lineLimit: 1)
      paintHeading(title, left: left, top: layout.columnTitleTop, SheetStyle.faintInk, &canvas)
    }
    for (column, lines) in layout.columnLabels.enumerated() {
      let room = layout.room(table: table, row: 0, column: column)
      var y = layout.columnLabelsBottom - lines.count * style.label.lineHeight
      for line in lines {
        let x = room.x + (room.width - style.label.width(of: line)) / 2
        canvas.draw(line, style.label, x: x, y: y, SheetStyle.ink)
        y += style.label.lineHeight
      }
    }
  }

  /// Lines in the middle of a table, and a thin line below them.
  private func paintHeading(
    _ lines: [String], left: Int, top: Int, _ colour: Colour, _ canvas: inout Canvas
  ) {
    var y = top
    for line in lines {
      let x = left + (layout.tableWidth - style.heading.width(of: line)) / 2
      canvas.draw(line, style.heading, x: x, y: y, colour)
      y += style.heading.lineHeight
    }
    canvas.fill(
      PixelBox(
        x: left, y: y + style.lineGap, width: layout.tableWidth, height: style.lineThickness),
      SheetStyle.line)
  }

  private func paintCells(_ table: Int, _ canvas: inout Canvas) {
    for row in layout.rowHeights.indices {
      for column in layout.columnWidths.indices {
        let room = layout.room(table: table, row: row, column: column)
        let cells = sheet.tables[table].rows
        let isThere = row < cells.count && column < cells[row].count
        paint(isThere ? cells[row][column] : .message(""), in: room, &canvas)
      }
    }
  }

  /// A picture in the middle of its room, or a message.
  private func paint(_ cell: GridSheet.Cell, in room: PixelBox, _ canvas: inout Canvas) {
    switch cell {
    case .picture(let picture):
      let place = PixelBox(
        x: room.x + (room.width - picture.width) / 2,
        y: room.y + (room.height - picture.height) / 2,
        width: picture.width, height: picture.height)
      canvas.frame(place, SheetStyle.frame)
      canvas.draw(picture, x: place.x, y: place.y)
    case .message(let text):
      canvas.fill(room, SheetStyle.empty)
      canvas.frame(room, SheetStyle.frame)
      paint(text, in: room, &canvas)
    }
  }

  private func paint(_ message: String, in room: PixelBox, _ canvas: inout Canvas) {
    let inner = room.width - 2 * style.gap
    let lines = style.note.wrapped(
      message, width: inner, lineLimit: max(1, room.height / style.note.lineHeight - 1))
    var y = room.y + (room.height - lines.count * style.note.lineHeight) / 2
    for line in lines {
      let x = room.x + (room.width - style.note.width(of: line)) / 2
      canvas.draw(line, style.note, x: x, y: y, SheetStyle.faintInk)
      y += style.note.lineHeight
    }
  }
}
