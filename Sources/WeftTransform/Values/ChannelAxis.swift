/// Which channels of a weight `[outputs, inputs · taps]` numbers belong to.
package enum ChannelAxis: Sendable, Equatable {
  /// One number a row.
  case output
  /// One number an input channel, that is, so many neighbouring columns.
  case input(taps: Int)

  /// How the axis is called.
  package var name: String { self == .output ? "output" : "input" }
}
