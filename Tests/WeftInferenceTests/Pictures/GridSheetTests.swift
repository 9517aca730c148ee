import Testing
import WeftFiles
import WeftFormats
import WeftInference

@Suite("Sheets of pictures") struct GridSheetTests {
  let plain: Typeface
  let bold: Typeface

  init() throws {
    let library = try FormatLibrary.embedded()
    plain = try Typeface(library.typeface("sans"))
    bold = try Typeface(library.typeface("sans-bold"))
  }

  /// A picture of one colour that occurs nowhere else.
  private func block(_ width: Int, _ height: Int, _ level: UInt8) -> Picture {
    let values = (0..<width * height).flatMap { _ in [level, 255 - level, 7] as [UInt8] }
    return Picture(width: width, height: height, channelCount: 3, values: values)
  }

  /// The rectangle that the pixels of a colour fill, and how many they are.
  private func place(of level: UInt8, in sheet: Picture) -> (box: PixelBox, count: Int)? {
    var (left, top, right, bottom, count) = (Int.max, Int.max, -1, -1, 0)
    for y in 0..<sheet.height {
      for x in 0..<sheet.width {
        let index = 3 * (y * sheet.width + x)
        guard Array(sheet.values[index..<index + 3]) == [level, 255 - level, 7] else { continue }
        (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x), max(bottom, y))
        count += 1
      }
    }
    guard count > 0 else { return nil }
    return (PixelBox(x: left, y: top, width: right - left + 1, height: bottom - top + 1), count)
  }

  @Test func `pictures keep their pixels, in rows and columns that do not touch`() throws {
    let sizes = [(64, 64), (128, 96), (40, 120)]
    let cells = (0..<2).map { row in
      sizes.enumerated().map { column, size in
        GridSheet.Cell.picture(block(size.0, size.1, UInt8(10 + 10 * (3 * row + column))))
      }
    }
    let sheet = try GridSheet(
      title: "Title", note: "note", rows: .init("Rows", ["a", "b"]),
      columns: .init("Columns", ["1", "2", "3"]), tables: [.init(rows: cells)]
    ).drawn(plain, bold)
    var boxes: [PixelBox] = []
    for index in 0..<6 {
      let found = try #require(place(of: UInt8(10 + 10 * index), in: sheet))
      #expect((found.box.width, found.box.height) == sizes[index % 3])
      #expect(found.count == found.box.width * found.box.height)
      boxes.append(found.box)
    }
    for (left, right) in [(0, 1), (1, 2), (3, 4), (4, 5)] {
      #expect(boxes[left].x + boxes[left].width < boxes[right].x)
    }
    for column in 0..<3 {
      #expect(boxes[column].y + boxes[column].height < boxes[column + 3].y)
      // Columns are centred alike in every row.
      #expect(boxes[column].x == boxes[column + 3].x)
    }
  }

  @Test func `pictures of one height are as wide as they must be`() throws {
    let cells = [GridSheet.Cell.picture(block(50, 100, 10)), .picture(block(80, 40, 20))]
    func sheet(_ scaling: GridSheet.Scaling) throws -> Picture {
      try GridSheet(
        rows: .init("", [""]), columns: .init("", ["a", "b"]), tables: [.init(rows: [cells])],
        scaling: scaling
      ).drawn(plain, bold)
    }
    let highest = try #require(place(of: 20, in: try sheet(.equalHeight())))
    #expect((highest.box.width, highest.box.height) == (200, 100))
    let fixed = try #require(place(of: 10, in: try sheet(.equalHeight(60))))
    #expect((fixed.box.width, fixed.box.height) == (30, 60))
  }

  @Test func `tables stand side by side, and a message stands for a picture`() throws {
    let tables = (0..<3).map { index in
      GridSheet.Table(
        "table \(index)",
        rows: [[.picture(block(50, 50, UInt8(10 + 10 * index))), .message("failed")]])
    }
    let sheet = try GridSheet(
      rows: .init("", ["row"]), columns: .init("", ["a", "b"]), tables: tables
    ).drawn(plain, bold)
    let places = try (0..<3).map { try #require(place(of: UInt8(10 + 10 * $0), in: sheet)).box }
    #expect(places[0].x + 2 * places[0].width < places[1].x)
    #expect(places[1].x - places[0].x == places[2].x - places[1].x)
    #expect(Set(places.map(\.y)).count == 1)
  }

  @Test func `the same sheet is the same picture`() throws {
    let sheet = GridSheet(
      title: "a", rows: .init("", ["x"]), columns: .init("", ["y"]),
      tables: [.init(rows: [[.message("none")]])])
    #expect(try sheet.drawn(plain, bold) == sheet.drawn(plain, bold))
  }

  @Test(
    "sheets of nothing, of too little and of long texts are drawn",
    arguments: [
      (0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (3, 2, 0), (0, 2, 2), (2, 2, 1),
    ])
  func odd(rows: Int, columns: Int, cells: Int) throws {
    let long = String(repeating: "a very long label ", count: 600)
    let table = GridSheet.Table(
      long,
      rows: (0..<cells).map { _ in (0..<cells).map { _ in .picture(block(1, 1, 10)) } })
    let sheet = GridSheet(
      title: long, note: long, rows: .init(long, (0..<rows).map { _ in long }),
      columns: .init(long, (0..<columns).map { _ in long }), tables: [table, table])
    let picture = try sheet.drawn(plain, bold)
    #expect(picture.width > 0 && picture.height > 0)
    #expect(picture.width < 3000 && picture.height < 3000)
  }

  @Test func `a sheet that is too large is refused before it is drawn`() throws {
    let cell = GridSheet.Cell.picture(block(100, 100, 10))
    let sheet = GridSheet(
      rows: .init("", Array(repeating: "", count: 200)),
      columns: .init("", Array(repeating: "", count: 200)),
      tables: [.init(rows: Array(repeating: Array(repeating: cell, count: 200), count: 200))])
    #expect(throws: PictureError.self) { try sheet.drawn(plain, bold) }
  }
}
