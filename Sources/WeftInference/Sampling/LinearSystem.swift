/// A few linear equations.
enum LinearSystem {
  /// What solves equations whose rows end in their right sides.
  static func solution(_ rows: [[Double]]) -> [Double] {
    var rows = rows
    for column in rows.indices {
      let pivot =
        (column..<rows.count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in rows.indices where row != column {
        let factor = rows[row][column] / rows[column][column]
        for place in column...rows.count { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return rows.indices.map { rows[$0][rows.count] / rows[$0][$0] }
  }
}
