/// A dimension of a tensor: its size and the step between its elements in the data, in elements.
struct StridedAxis: Equatable {
  let size: Int
  let stride: Int

  /// The same tensor with fewer dimensions: those of one element are left out, those that follow on are joined.
  static func merged(_ axes: [StridedAxis]) -> [StridedAxis] {
    var result: [StridedAxis] = []
    for axis in axes where axis.size != 1 {
      if let last = result.last, last.stride == axis.stride * axis.size {
        result[result.count - 1] = StridedAxis(size: last.size * axis.size, stride: axis.stride)
      } else {
        result.append(axis)
      }
    }
    return result.isEmpty ? [StridedAxis(size: 1, stride: 1)] : result
  }
}
