/// The sizes and colours of a sheet, which follow from the size of its pictures.
struct SheetStyle {
  /// Letters of labels are between these sizes, in pixels.
  private static let (smallest, largest) = (13.0, 30.0)
  /// A picture is about so many ems wide.
  private static let emsPerPicture = 26.0

  /// The letters of labels.
  let label: Lettering
  /// The letters of the axes' and the tables' titles.
  let heading: Lettering
  /// The letters of the sheet's title.
  let title: Lettering
  /// The letters of the note and of messages.
  let note: Lettering

  /// Chooses sizes for pictures of a width.
  init(pictureWidth: Int, _ plain: Typeface, _ bold: Typeface) {
    let size = min(max(Double(pictureWidth) / Self.emsPerPicture, Self.smallest), Self.largest)
    label = Lettering(plain, size: size)
    heading = Lettering(bold, size: size)
    title = Lettering(bold, size: size * 1.5)
    note = Lettering(plain, size: max(size * 0.8, 12))
  }

  private func pixels(_ ems: Double) -> Int { Int((label.size * ems).rounded()) }

  /// The white around everything.
  var margin: Int { pixels(2) }
  /// Between two pictures.
  var gap: Int { max(8, pixels(0.6)) }
  /// Between two tables.
  var tableGap: Int { pixels(2.5) }
  /// Between a label and what it stands beside.
  var labelGap: Int { pixels(0.8) }
  /// Above and below a line.
  var lineGap: Int { pixels(0.35) }
  /// Thin lines.
  var lineThickness: Int { max(1, pixels(0.06)) }
  /// The widest that labels of rows are made.
  var rowLabelWidth: Int { pixels(16) }
  /// The narrowest that columns are made, for the sake of their labels.
  var leastColumnWidth: Int { pixels(5) }

  static let ink = Colour(0x27272A)
  static let faintInk = Colour(0x71717A)
  static let line = Colour(0xC8C8CF)
  static let frame = Colour(0xE4E4E7)
  static let empty = Colour(0xF4F4F5)
}
