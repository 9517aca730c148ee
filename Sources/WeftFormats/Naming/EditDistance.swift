/// The number of bytes to change, add or take away to make one text of another, or nil above a limit.
package func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
  guard abs(left.count - right.count) <= limit else { return nil }
  var row = Array(0...right.count)
  for (i, byte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    var least = row[0]
    for (j, other) in right.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (byte == other ? 0 : 1))
      diagonal = above
      least = min(least, row[j + 1])
    }
    if least > limit { return nil }
  }
  return row[right.count] <= limit ? row[right.count] : nil
}
