/// A picture of 8 bits a channel, row after row from the top.
package struct Picture: Sendable, Hashable {
  /// The number of columns.
  package let width: Int
  /// The number of rows.
  package let height: Int
  /// 1 for grey, 3 for red, green and blue, 4 with opacity behind them.
  package let channelCount: Int
  /// The values of the channels, pixel after pixel: `height · width · channelCount` of them.
  package var values: [UInt8]

  /// Makes a picture of as many values as its size says.
  package init(width: Int, height: Int, channelCount: Int, values: [UInt8]) {
    precondition(values.count == width * height * channelCount)
    (self.width, self.height, self.channelCount) = (width, height, channelCount)
    self.values = values
  }
}
