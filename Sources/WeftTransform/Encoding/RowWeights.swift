import WeftTensors

/// How much the errors of a tensor's elements count: the same in each of its rows, which need not be the rows that are
/// stored.
///
/// A convolution's row is all that is multiplied for one output, `inputs · kernel height · kernel width`; a file may store
/// it in rows of 256, each of which starts at another place of it.
struct RowWeights: Sendable {
  /// The elements of a row, then from its start again, for a stored row that starts at any of them.
  private let values: ByteSlice
  private let period: Int

  /// Takes the weights of a row's elements, for stored rows of so many columns.
  init(_ row: [Float], columns: Int) {
    period = row.count
    let isCut = period != columns
    let count = isCut ? period + columns : period
    let buffer = ByteBuffer(byteCount: count * 4, isZeroed: false)
    buffer.all.copy(
      from: (0..<count).flatMap { littleEndianBytes(row[$0 % row.count].bitPattern) })
    values = buffer.all
  }

  /// Whether two stored rows of so many columns may have other weights.
  func differ(betweenRowsOf columns: Int) -> Bool { columns % period != 0 }

  /// The weights of `count` elements from one of the tensor on, `[count]` of float32.
  func slice(from element: Int, count: Int) -> ByteSlice {
    let start = element % period
    return values[start * 4..<(start + count) * 4]
  }
}
