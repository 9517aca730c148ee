import CKernels
package import WeftTensors

/// The scales of a tensor's groups of consecutive elements, and where in the tensor a slice starts.
///
/// A group is a block, a row or the whole tensor; slices may be cut anywhere.
package struct ScaleGroups: Sendable {
  /// One float32 for each group of the whole tensor.
  package let scales: ByteSlice
  /// The elements of a group.
  package let length: Int
  /// The elements of the tensor before the slice.
  package let start: Int

  /// - Parameters:
  ///   - scales: float32, one for each group of the whole tensor.
  ///   - length: the elements of a group, at least one.
  ///   - start: the elements of the tensor before the slice.
  package init(_ scales: ByteSlice, length: Int, start: Int = 0) {
    precondition(length > 0 && start >= 0 && scales.byteCount % 4 == 0)
    self.scales = scales
    self.length = length
    self.start = start
  }

  /// One scale for a whole tensor.
  package init(whole scale: Float) {
    let buffer = ByteBuffer(byteCount: 4)
    withUnsafeBytes(of: scale) { buffer.all.copy(from: Array($0)) }
    self.init(buffer.all, length: .max)
  }

  /// The same groups for a slice that starts elsewhere.
  package func starting(at start: Int) -> ScaleGroups {
    ScaleGroups(scales, length: length, start: start)
  }

  /// The groups that so many elements touch.
  func groupRange(elementCount: Int) -> Range<Int> {
    let first = start / length
    guard elementCount > 0 else { return first..<first }
    // The last element's place in the grid; no sum of this can overflow that memory holds.
    return first..<(first + (start % length + (elementCount - 1)) / length + 1)
  }

  /// Calls a kernel with the groups of a slice of so many elements.
  func withGroups<Result>(elementCount: Int, _ body: (weft_groups) -> Result) -> Result {
    let range = groupRange(elementCount: elementCount)
    precondition(range.upperBound <= scales.byteCount / 4)
    return withExtendedLifetime(scales) {
      // In bounds: the scales of all groups that the slice touches are there, checked above.
      let all = scales.start.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
      return body(
        weft_groups(
          length: length, offset: start % length, scales: all.map { $0 + range.lowerBound }))
    }
  }
}

/// What happens to values before they are rounded to a small type.
package enum Scaling: Sendable {
  /// Nothing.
  case none
  /// Each is multiplied by its group's scale.
  case times(ScaleGroups)
  /// Each is divided by its group's scale; where that is zero, the whole group becomes zero.
  case over(ScaleGroups)

  /// Calls a kernel with the way to write a slice of so many elements.
  func withWriting<Result>(
    elementCount: Int, saturates: Bool, _ body: (inout weft_writing) -> Result
  ) -> Result {
    func writing(_ scaling: weft_scaling, _ groups: weft_groups) -> weft_writing {
      weft_writing(scaling: scaling, groups: groups, saturates: saturates)
    }
    switch self {
    case .none:
      var plain = writing(WEFT_AS_IT_IS, weft_groups(length: 1, offset: 0, scales: nil))
      return body(&plain)
    case .times(let groups):
      return groups.withGroups(elementCount: elementCount) {
        var times = writing(WEFT_TIMES_SCALE, $0)
        return body(&times)
      }
    case .over(let groups):
      return groups.withGroups(elementCount: elementCount) {
        var over = writing(WEFT_OVER_SCALE, $0)
        return body(&over)
      }
    }
  }
}
