import WeftFiles

/// Where everything of a sheet is.
struct SheetLayout {
  /// The lines that the labels of columns have at the most.
  private static let columnLabelLines = 5
  /// The side of a cell beside which there is no picture, in pixels.
  private static let fallbackSide = 256

  let style: SheetStyle
  /// The widths of the columns, the same in all tables.
  let columnWidths: [Int]
  /// The heights of the rows.
  let rowHeights: [Int]
  /// The labels of columns, broken into lines.
  let columnLabels: [[String]]
  /// The labels of rows, broken into lines.
  let rowLabels: [[String]]
  /// The titles of the tables, broken into lines.
  let tableTitles: [[String]]
  let titleLines: [String]
  let noteLines: [String]
  /// The width of the labels of rows.
  let rowLabelWidth: Int
  let hasColumnTitle: Bool
  let tableCount: Int

  init(_ sheet: GridSheet, _ plain: Typeface, _ bold: Typeface) {
    let sizes = CellSizes(sheet)
    let widths = sizes.columnWidths(fallback: Self.fallbackSide)
    rowHeights = sizes.rowHeights(fallback: Self.fallbackSide)
    let style = SheetStyle(pictureWidth: widths.sorted()[widths.count / 2], plain, bold)
    self.style = style
    columnWidths = widths.map { max($0, style.leastColumnWidth) }
    tableCount = sheet.tables.count
    hasColumnTitle = !sheet.columns.title.isEmpty
    columnLabels = zip(sheet.columns.labels, columnWidths).map { label, width in
      style.label.wrapped(label, width: width, lineLimit: Self.columnLabelLines)
    }
    let rowLabelWidth = Self.rowLabelWidth(sheet, style)
    self.rowLabelWidth = rowLabelWidth
    rowLabels = zip(sheet.rows.labels, rowHeights).map { label, height in
      style.label.wrapped(
        label, width: rowLabelWidth, lineLimit: max(1, height / style.label.lineHeight))
    }
    let tableWidth = Self.length(columnWidths, style.gap)
    tableTitles = sheet.tables.map {
      style.heading.wrapped($0.title, width: tableWidth, lineLimit: 3)
    }
    let content = Self.contentWidth(rowLabelWidth, tableWidth, sheet.tables.count, style)
    titleLines = style.title.wrapped(sheet.title, width: content, lineLimit: 3)
    noteLines = style.note.wrapped(sheet.note, width: content, lineLimit: 6)
  }

  /// As wide as the longest label, within bounds.
  private static func rowLabelWidth(_ sheet: GridSheet, _ style: SheetStyle) -> Int {
    let labels = sheet.rows.labels.map { style.label.width(of: $0) }
    let longest = max(labels.max() ?? 0, style.heading.width(of: sheet.rows.title))
    return min(longest, style.rowLabelWidth)
  }

  private static func length(_ parts: [Int], _ gap: Int) -> Int {
    parts.reduce(0, +) + gap * max(0, parts.count - 1)
  }

  private static func contentWidth(
    _ labels: Int, _ table: Int, _ count: Int, _ style: SheetStyle
  ) -> Int {
    (labels > 0 ? labels + style.labelGap : 0) + count * table + max(0, count - 1) * style.tableGap
  }
}

extension SheetLayout {
  var tableWidth: Int { Self.length(columnWidths, style.gap) }
  var tableHeight: Int { Self.length(rowHeights, style.gap) }

  /// The width of everything.
  var width: Int {
    2 * style.margin + Self.contentWidth(rowLabelWidth, tableWidth, tableCount, style)
  }

  /// The height of everything.
  var height: Int {
    let note = noteLines.isEmpty ? 0 : style.margin / 2 + noteLines.count * style.note.lineHeight
    return cellsTop + tableHeight + note + style.margin
  }

  /// The left edge of a table.
  func tableLeft(_ table: Int) -> Int {
    let labels = rowLabelWidth > 0 ? rowLabelWidth + style.labelGap : 0
    return style.margin + labels + table * (tableWidth + style.tableGap)
  }

  /// Where a cell's room is.
  func room(table: Int, row: Int, column: Int) -> PixelBox {
    PixelBox(
      x: tableLeft(table) + columnWidths[..<column].reduce(0, +) + column * style.gap,
      y: cellsTop + rowHeights[..<row].reduce(0, +) + row * style.gap,
      width: columnWidths[column], height: rowHeights[row])
  }

  /// Where the titles of the tables start.
  var tableTitlesTop: Int {
    let title = titleLines.count * style.title.lineHeight
    return style.margin + (title > 0 ? title + style.margin / 2 : 0)
  }

  /// The height of the titles of the tables and the line below them.
  private var tableTitlesHeight: Int {
    heightOfHeading(lines: tableTitles.map(\.count).max() ?? 0)
  }

  /// Where the title of the columns starts.
  var columnTitleTop: Int { tableTitlesTop + tableTitlesHeight }

  /// Where the labels of the columns end.
  var columnLabelsBottom: Int {
    let labels = (columnLabels.map(\.count).max() ?? 0) * style.label.lineHeight
    return columnTitleTop + heightOfHeading(lines: hasColumnTitle ? 1 : 0) + labels
  }

  /// Where the first row of pictures starts.
  var cellsTop: Int {
    let hasLabels = columnLabels.contains { !$0.isEmpty } || hasColumnTitle
    return columnLabelsBottom + (hasLabels ? style.labelGap / 2 : 0)
  }

  private func heightOfHeading(lines: Int) -> Int {
    lines == 0 ? 0 : lines * style.heading.lineHeight + 2 * style.lineGap + style.lineThickness
  }
}

/// The largest pictures of the columns and rows of a sheet.
private struct CellSizes {
  private var widths: [Int]
  private var heights: [Int]

  init(_ sheet: GridSheet) {
    widths = sheet.columns.labels.map { _ in 0 }
    heights = sheet.rows.labels.map { _ in 0 }
    for table in sheet.tables {
      for (row, cells) in table.rows.enumerated() where row < heights.count {
        for (column, cell) in cells.enumerated() where column < widths.count {
          guard case .picture(let picture) = cell else { continue }
          widths[column] = max(widths[column], picture.width)
          heights[row] = max(heights[row], picture.height)
        }
      }
    }
  }

  /// A column without pictures is as wide as the widest one.
  func columnWidths(fallback: Int) -> [Int] { Self.filled(widths, fallback) }
  func rowHeights(fallback: Int) -> [Int] { Self.filled(heights, fallback) }

  private static func filled(_ sides: [Int], _ fallback: Int) -> [Int] {
    let largest = sides.max() ?? 0
    let filled = sides.map { $0 > 0 ? $0 : largest > 0 ? largest : fallback }
    return filled.isEmpty ? [fallback] : filled
  }
}
