import Testing
import WeftTestSupport

extension TinyUNet: CustomTestStringConvertible {
  /// The golden.
  public var testDescription: String { name }
}

extension TinyCLIP: CustomTestStringConvertible {
  /// The golden.
  public var testDescription: String { name }
}
