import Testing
import WeftKernels
import WeftTensors

@Suite("Scales in tiles")
struct BlockedScalesTests {
  @Test("rows of a tile are interleaved by 32, tiles lie row by row")
  func places() {
    let places = BlockedScales(rows: 130, blocksPerRow: 6)
    #expect(places.rows == 256 && places.columns == 8)
    #expect(places.index(row: 0, block: 3) == 3)
    #expect(places.index(row: 1, block: 0) == 16)
    #expect(places.index(row: 32, block: 0) == 4)
    #expect(places.index(row: 127, block: 3) == 511)
    #expect(places.index(row: 0, block: 4) == 512)
    #expect(places.index(row: 128, block: 0) == 1024)
  }

  @Test("every place is used once, and what is scattered in parts is gathered again")
  func roundTrip() {
    let places = BlockedScales(rows: 130, blocksPerRow: 6)
    var generator = Generator(state: 41)
    let codes = (0..<130 * 6).map { _ in UInt8.random(in: 1...255, using: &generator) }
    let tiled = room(places.rows * places.columns, .u8)
    for rows in [0..<50, 50..<130] {
      let part = slice(Array(codes[rows.lowerBound * 6..<rows.upperBound * 6]))
      places.scatter(part, firstRow: rows.lowerBound, blocksPerRow: 6, into: tiled)
    }
    #expect(tiled.array.filter { $0 != 0 }.count == codes.count)
    let back = room(90 * 6, .u8)
    places.gather(tiled, firstRow: 40, blocksPerRow: 6, into: back)
    #expect(back.array == Array(codes[240...]))
  }
}
