/// The smallest box of whole inner dimensions that holds a range of elements, numbered in row-major order.
///
/// The outer dimensions are fixed, one goes over a range, and the inner ones over all of their elements.
struct StridedBox {
  /// A line of elements: where the first lies in the data, its row-major number, and the step that is not 1.
  ///
  /// For a row that is the step in the data, for a run the step of the number.
  struct Line {
    let element: Int
    let number: Int
    let count: Int
    let step: Int
  }

  /// A dimension of the box.
  struct Axis {
    let size: Int
    /// The step in the data, in elements.
    let stride: Int
    /// The step of the row-major number.
    let numberStep: Int
  }

  /// The dimensions of the box, outermost first; at least one.
  private let axes: [Axis]
  /// Where the box starts in the data, in elements.
  let firstElement: Int
  /// The row-major number of the first element of the box.
  private let firstNumber: Int

  /// Makes the box of a range that is not empty and lies within the tensor.
  init(_ part: Range<Int>, axes: [StridedAxis]) {
    var numberSteps = [Int](repeating: 1, count: axes.count)
    for index in axes.indices.dropLast().reversed() {
      numberSteps[index] = numberSteps[index + 1] * axes[index + 1].size
    }
    var (low, high) = (part.lowerBound, part.upperBound - 1)
    var (element, number) = (0, 0)
    var index = 0
    while index < axes.count - 1, low / numberSteps[index] == high / numberSteps[index] {
      let place = low / numberSteps[index]
      element += place * axes[index].stride
      number += place * numberSteps[index]
      low -= place * numberSteps[index]
      high -= place * numberSteps[index]
      index += 1
    }
    let (from, to) = (low / numberSteps[index], high / numberSteps[index])
    firstElement = element + from * axes[index].stride
    firstNumber = number + from * numberSteps[index]
    var box = [
      Axis(size: to - from + 1, stride: axes[index].stride, numberStep: numberSteps[index])
    ]
    for inner in index + 1..<max(axes.count, index + 1) {
      box.append(
        Axis(size: axes[inner].size, stride: axes[inner].stride, numberStep: numberSteps[inner]))
    }
    self.axes = box
  }

  /// The elements of the data from the first to the last of the box.
  var spanElementCount: Int { axes.reduce(1) { $0 + ($1.size - 1) * $1.stride } }

  /// Whether the elements of the box fill a good part of its span.
  var isDense: Bool {
    let count = axes.reduce(1.0) { $0 * Double($1.size) }
    return Double(spanElementCount) <= 4 * count
  }

  /// The dimension with the shortest step; those that repeat one element are left out.
  var shortestAxis: Axis {
    let moving = axes.filter { $0.size > 1 && $0.stride > 0 }
    return moving.min { $0.stride < $1.stride } ?? axes[axes.count - 1]
  }

  /// Where to split a range whose box is much larger than itself, or larger than a number of elements; or nil.
  func splitPoint(of part: Range<Int>, maximumCount: Int?) -> Int? {
    let step = axes[0].numberStep
    // A range across one boundary may be two elements of two long rows.
    if axes[0].size == 2 && axes.count > 1 { return firstNumber + step }
    guard let maximumCount, part.count > maximumCount, part.count > 1 else { return nil }
    return part.lowerBound + part.count / 2
  }
}

extension StridedBox {
  /// Calls a body with the parts of the innermost lines that lie in a range.
  func forEachRow(of part: Range<Int>, _ body: (Line) -> Void) {
    let inner = axes[axes.count - 1]
    forEachLine(without: axes.count - 1) { element, number in
      let skipped = max(0, part.lowerBound - number)
      let count = min(inner.size, part.upperBound - number) - skipped
      guard count > 0 else { return }
      body(
        Line(
          element: element + skipped * inner.stride, number: number + skipped, count: count,
          step: inner.stride))
    }
  }

  /// Calls a body with the parts of the lines along a dimension that lie in a range.
  func forEachRun(
    of part: Range<Int>, along axis: Axis, _ body: (Line) throws -> Void
  ) rethrows {
    let index = axes.lastIndex { $0.numberStep == axis.numberStep } ?? axes.count - 1
    let run = axes[index]
    try forEachLine(without: index) { element, number in
      let below = max(0, part.lowerBound - number)
      let first = (below + run.numberStep - 1) / run.numberStep
      let above = part.upperBound - 1 - number
      guard above >= 0 else { return }
      let count = min(run.size, above / run.numberStep + 1) - first
      guard count > 0 else { return }
      try body(
        Line(
          element: element + first * run.stride, number: number + first * run.numberStep,
          count: count, step: run.numberStep))
    }
  }

  /// Calls a body with the first element of every line along a dimension, and with its number.
  private func forEachLine(
    without skipped: Int, _ body: (_ element: Int, _ number: Int) throws -> Void
  ) rethrows {
    let others = axes.indices.filter { $0 != skipped }
    var places = [Int](repeating: 0, count: others.count)
    var (element, number) = (firstElement, firstNumber)
    while true {
      try body(element, number)
      var digit = others.count - 1
      while digit >= 0 {
        let axis = axes[others[digit]]
        places[digit] += 1
        element += axis.stride
        number += axis.numberStep
        if places[digit] < axis.size { break }
        element -= axis.size * axis.stride
        number -= axis.size * axis.numberStep
        places[digit] = 0
        digit -= 1
      }
      if digit < 0 { return }
    }
  }
}
