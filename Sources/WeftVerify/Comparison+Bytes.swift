import WeftKernels

extension Comparison {
  /// A comparison of bytes that stand for no numbers: all elements are equal, or all are taken as different.
  init(bytesAreEqual: Bool, elementCount: Int) {
    self.init()
    count = elementCount
    different = bytesAreEqual ? 0 : elementCount
    beyondOneUnit = different
  }
}
