import WeftTensors

/// A tensor as a pickle describes it: a view of some data by an offset and a step for every dimension.
struct TorchTensor {
  /// The data.
  let storage: TorchStorage
  /// The type of the elements.
  let dtype: DType
  /// The dimensions, outermost first.
  let sizes: [Int]
  /// The step of every dimension, in elements.
  let strides: [Int]
  /// Where the first element is in the data, in elements of the type.
  let offset: Int

  /// Whether the elements lie in row-major order without holes.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(sizes, strides).reversed() where size != 1 {
      guard stride == expected || sizes.contains(0) else { return false }
      let (next, overflow) = expected.multipliedReportingOverflow(by: size)
      guard !overflow else { return false }
      expected = next
    }
    return true
  }

  /// The number of elements from the first to the last that is used; nil when it overflows.
  var spanElementCount: Int? {
    guard !sizes.contains(0) else { return 0 }
    var last = 0
    for (size, stride) in zip(sizes, strides) {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(reach)
      guard !overflow, !sumOverflow else { return nil }
      last = sum
    }
    let (count, overflow) = last.addingReportingOverflow(1)
    return overflow ? nil : count
  }
}
