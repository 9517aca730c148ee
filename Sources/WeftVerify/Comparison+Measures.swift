package import WeftKernels

extension Comparison {
  /// The size of the difference beside the size of what was expected; 0 for equal tensors, infinite beside zeros.
  package var relativeL2: Double {
    guard sumSquaredDifference > 0 else { return 0 }
    return (sumSquaredDifference / sumSquaredA).squareRoot()
  }

  /// The cosine of the angle between both tensors; 1 where one is zero, since then it has no direction.
  package var cosine: Double {
    let product = sumSquaredA * sumSquaredB
    guard different > 0, product > 0 else { return 1 }
    return dot / product.squareRoot()
  }

  /// A comparison of bytes that stand for no numbers: all elements are equal, or all are taken as different.
  init(bytesAreEqual: Bool, elementCount: Int) {
    self.init()
    count = elementCount
    different = bytesAreEqual ? 0 : elementCount
    beyondOneUnit = different
  }
}
