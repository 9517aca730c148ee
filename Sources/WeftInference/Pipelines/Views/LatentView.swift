/// A part of latents that a network looks at by itself.
package struct LatentView: Sendable, Hashable {
  /// The rows.
  package let rows: Range<Int>
  /// The columns.
  package let columns: Range<Int>

  /// Everything.
  init(all latents: Latents) { (rows, columns) = (0..<latents.height, 0..<latents.width) }

  private init(rows: Range<Int>, columns: Range<Int>) {
    (self.rows, self.columns) = (rows, columns)
  }

  /// Windows that overlap and cover everything, from the top left on.
  ///
  /// Source: https://github.com/omerbt/MultiDiffusion/blob/69bcdce2bc70d6ab0ea8cfb6ccbf7a6a6a9c1a7d/panorama.py, which
  /// leaves out what remains at the right and at the bottom; here a last window covers it.
  package static func windows(of latents: Latents, side: Int, stride: Int) -> [LatentView] {
    starts(latents.height, side, stride).flatMap { top in
      starts(latents.width, side, stride).map { left in
        LatentView(
          rows: top..<min(top + side, latents.height),
          columns: left..<min(left + side, latents.width))
      }
    }
  }

  private static func starts(_ length: Int, _ side: Int, _ stride: Int) -> [Int] {
    guard length > side else { return [0] }
    let even = Swift.stride(from: 0, through: length - side, by: stride)
    let last = length - side
    return last % stride == 0 ? Array(even) : even + [last]
  }
}

extension LatentView {
  /// The part of latents that is seen.
  func part(of latents: Latents) -> Latents {
    var values: [Float] = []
    values.reserveCapacity(
      latents.pictureCount * latents.channelCount * rows.count * columns.count)
    for plane in 0..<latents.pictureCount * latents.channelCount {
      for row in rows {
        let start = (plane * latents.height + row) * latents.width
        values += latents.values[start + columns.lowerBound..<start + columns.upperBound]
      }
    }
    return Latents(
      pictureCount: latents.pictureCount, channelCount: latents.channelCount, height: rows.count,
      width: columns.count, values: values)
  }

  /// Adds a part where it is seen, and counts how often each place was.
  func add(_ part: [Float], to sum: inout Latents, _ counts: inout [Float]) {
    var next = 0
    for plane in 0..<sum.pictureCount * sum.channelCount {
      for row in rows {
        let start = (plane * sum.height + row) * sum.width
        for column in columns {
          sum.values[start + column] += part[next]
          counts[start + column] += 1
          next += 1
        }
      }
    }
  }
}
