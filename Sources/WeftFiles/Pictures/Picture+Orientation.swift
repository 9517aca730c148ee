extension Picture {
  /// The picture turned upright from the way in which a camera stored it.
  ///
  /// - Parameter orientation: the number of EXIF's tag, from 1 (upright) to 8; any other number changes nothing.
  /// - Returns: the upright picture.
  ///
  /// Source: https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf (4.6.4 A, Orientation)
  func upright(from orientation: Int) -> Picture {
    guard 2...8 ~= orientation else { return self }
    let isTurned = orientation >= 5
    let (newWidth, newHeight) = isTurned ? (height, width) : (width, height)
    let mirrorsColumns = [2, 3, 7, 8].contains(orientation)
    let mirrorsRows = [3, 4, 6, 7].contains(orientation)
    var turned = [UInt8](repeating: 0, count: values.count)
    var target = 0
    for row in 0..<newHeight {
      for column in 0..<newWidth {
        // Where the pixel lies in the stored picture.
        var (x, y) = isTurned ? (row, column) : (column, row)
        if mirrorsColumns { x = width - 1 - x }
        if mirrorsRows { y = height - 1 - y }
        let start = (y * width + x) * channelCount
        for channel in 0..<channelCount { turned[target + channel] = values[start + channel] }
        target += channelCount
      }
    }
    return Picture(
      width: newWidth, height: newHeight, channelCount: channelCount, values: turned)
  }
}
