import WeftKernels
import WeftTensors

/// The order of a matrix' elements by magnitude, largest first and equal ones by index, without sorting them all.
///
/// Sixteen bits of the magnitudes are counted at a time, from the top; as soon as few enough elements share the bits of
/// the one that is looked for, those are collected. Two passes are enough for most tensors.
struct MagnitudeOrder {
  /// The most places that are collected.
  static let collectedCount = 1 << 20

  private let matrix: any PreparedMatrix
  private let grain: Int
  private let top: DigitCounts

  /// The memory that finding a place takes, in bytes.
  static func byteCount(rows: Int, elementCount: Int) -> Int {
    // The places, and one rectangle's more; two counts of digits, and those of the rows.
    (min(elementCount, collectedCount) + Workspace.tileElementCount) * 16 + (2 << 19) + rows * 8
  }

  /// Counts the top digit, reading the matrix once.
  init(_ matrix: any PreparedMatrix, grain: Int, _ workspace: Workspace) throws {
    self.matrix = matrix
    self.grain = grain
    top = try Self.counts(
      DigitCounts(shift: 48, prefix: 0), matrix, grain: grain, workspace)
  }

  /// The place of the element that has so many before it; the end for the number of all.
  func place(at rank: Int, _ workspace: Workspace) throws -> MagnitudePlace {
    guard rank > 0 else { return .start }
    guard rank < matrix.rows * matrix.columns else { return .end }
    var rest = UInt64(rank)
    var counts = top
    while true {
      let digit = counts.digit(at: &rest)
      let prefix = counts.prefix << 16 | UInt64(digit)
      if counts.counts[digit] <= UInt64(Self.collectedCount) {
        let places = try collected(prefix, shift: counts.shift, workspace)
        return CollectedPlaces(places, shift: counts.shift).place(at: Int(rest))
      }
      guard counts.shift > 0 else {
        return try place(ofEqual: prefix, at: Int(rest), workspace)
      }
      counts = try Self.counts(
        DigitCounts(shift: counts.shift - 16, prefix: prefix), matrix, grain: grain, workspace)
    }
  }

  private static func counts(
    _ empty: DigitCounts, _ matrix: any PreparedMatrix, grain: Int, _ workspace: Workspace
  ) throws -> DigitCounts {
    var counts = empty
    try matrix.eachTile(grain: grain, workspace) { counts.add($1, workspace.kernels.merging) }
    return counts
  }

  /// All places whose magnitudes start with some bits.
  private func collected(
    _ prefix: UInt64, shift: Int, _ workspace: Workspace
  ) throws -> [MagnitudePlace] {
    var places: [MagnitudePlace] = []
    try matrix.eachTile(grain: grain, workspace) { tile, values in
      places += workspace.kernels.merging.places(
        in: values, tile.rectangle(stride: matrix.columns), shift: shift, prefix: prefix)
    }
    return places
  }

  /// The place of the element that has so many of the same magnitude before it: first its row is found, then its column.
  private func place(
    ofEqual magnitude: UInt64, at rank: Int, _ workspace: Workspace
  ) throws -> MagnitudePlace {
    var counts = [UInt64](repeating: 0, count: matrix.rows)
    try matrix.eachTile(grain: grain, workspace) { tile, values in
      workspace.kernels.merging.countEquals(
        in: values, to: &counts, rows: tile.rows, magnitude: magnitude)
    }
    var rest = rank
    var row = 0
    while row < counts.count, rest >= counts[row] {
      rest -= Int(counts[row])
      row += 1
    }
    guard row < counts.count else { return .end }
    return try place(ofEqual: magnitude, at: rest, row: row, workspace)
  }

  private func place(
    ofEqual magnitude: UInt64, at rank: Int, row: Int, _ workspace: Workspace
  ) throws -> MagnitudePlace {
    var rest = rank
    let step = Workspace.tileElementCount
    for start in stride(from: 0, to: matrix.columns, by: step) {
      let columns = start..<min(start + step, matrix.columns)
      let tile = Tile(rows: row..<row + 1, columns: columns)
      let places = try workspace.withElements(columns.count) { values in
        try matrix.read(tile, into: values, workspace)
        return workspace.kernels.merging.places(
          in: values, tile.rectangle(stride: matrix.columns), shift: 0, prefix: magnitude)
      }
      if rest < places.count { return places[rest] }
      rest -= places.count
    }
    return .end
  }
}

extension DigitCounts {
  /// The digit of the element that has `rest` before it, largest first; `rest` becomes the number of those with the same
  /// digit before it.
  fileprivate func digit(at rest: inout UInt64) -> Int {
    var digit = counts.count - 1
    while digit > 0, rest >= counts[digit] {
      rest -= counts[digit]
      digit -= 1
    }
    return digit
  }
}
