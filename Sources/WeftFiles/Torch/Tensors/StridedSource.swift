import WeftTensors

/// The row-major bytes of a tensor whose elements lie in another order, gathered for each read.
///
/// A read takes at most `scratchByteCount` of memory beside its own, whatever the tensor.
struct StridedSource: ByteSource {
  /// The most that is read from the data at once, in bytes.
  static let scratchByteCount = 4 << 20
  /// Bytes that are read for nothing rather than by one more call of the system.
  private static let cheapGapByteCount = 2048

  let byteCount: Int
  private let source: any ByteSource
  private let start: Int
  private let width: Int
  private let axes: [StridedAxis]

  /// Takes data that starts at an offset in bytes and whose span was checked to lie within the source.
  init(_ source: any ByteSource, start: Int, width: Int, byteCount: Int, axes: [StridedAxis]) {
    self.source = source
    self.start = start
    self.width = width
    self.byteCount = byteCount
    self.axes = StridedAxis.merged(axes)
  }

  var path: String { source.path }

  func read(at offset: Int, into slice: ByteSlice) throws {
    guard offset >= 0, slice.byteCount <= byteCount, offset <= byteCount - slice.byteCount else {
      throw FileError(path: path, reason: .shortRead(offsetInFile: byteCount))
    }
    guard slice.byteCount > 0 else { return }
    let first = offset / width
    let end = (offset + slice.byteCount + width - 1) / width
    if offset == first * width, slice.byteCount == (end - first) * width {
      return try gather(first..<end, into: slice)
    }
    try gatherUnaligned(first..<end, at: offset, into: slice)
  }

  /// Gathers whole elements around a range that starts or ends within one.
  private func gatherUnaligned(_ elements: Range<Int>, at offset: Int, into slice: ByteSlice) throws
  {
    let whole = ByteBuffer(byteCount: elements.count * width, isZeroed: false)
    try gather(elements, into: whole.all)
    let skipped = offset - elements.lowerBound * width
    slice.copy(from: whole[skipped..<skipped + slice.byteCount])
  }

  /// Gathers elements by their row-major numbers; a range is split until each part is worth one way of reading.
  private func gather(_ elements: Range<Int>, into slice: ByteSlice) throws {
    var parts = [elements]
    while let part = parts.popLast() {
      let box = StridedBox(part, axes: axes)
      let from = (part.lowerBound - elements.lowerBound) * width
      let target = slice[from..<from + part.count * width]
      let (spanByteCount, isHuge) = box.spanElementCount.multipliedReportingOverflow(by: width)
      let isDense = spanByteCount <= max(4 * target.byteCount, 64 << 10)
      if !isHuge, isDense, spanByteCount <= Self.scratchByteCount {
        try gatherSpan(part, box, spanByteCount: spanByteCount, into: target)
      } else if let boundary = box.splitPoint(of: part, maximumCount: splitCount(box)) {
        parts.append(boundary..<part.upperBound)
        parts.append(part.lowerBound..<boundary)
      } else {
        try gatherRuns(part, box, into: target)
      }
    }
  }

  /// How many elements of a dense box fit into the scratch memory; nil when it is better read in runs.
  private func splitCount(_ box: StridedBox) -> Int? {
    box.isDense ? Self.scratchByteCount / (4 * width) : nil
  }

  /// Reads the span of the elements once and picks them out.
  private func gatherSpan(
    _ part: Range<Int>, _ box: StridedBox, spanByteCount: Int, into target: ByteSlice
  ) throws {
    let scratch = ByteBuffer(byteCount: spanByteCount, isZeroed: false)
    try source.read(at: start + box.firstElement * width, into: scratch.all)
    box.forEachRow(of: part) { row in
      copyElements(
        from: scratch.all, at: row.element - box.firstElement, step: row.step, count: row.count,
        to: target, at: row.number - part.lowerBound, step: 1)
    }
  }

  /// Reads runs along the dimension with the shortest step, so that every call of the system brings many elements.
  private func gatherRuns(_ part: Range<Int>, _ box: StridedBox, into target: ByteSlice) throws {
    let run = box.shortestAxis
    let scratch = ByteBuffer(byteCount: Self.scratchByteCount, isZeroed: false)
    let gap = run.stride * width
    let atOnce = gap <= Self.cheapGapByteCount ? Self.scratchByteCount / max(gap, width) : 1
    try box.forEachRun(of: part, along: run) { line in
      var done = 0
      while done < line.count {
        let count = min(atOnce, line.count - done)
        let piece = scratch.prefix(((count - 1) * run.stride + 1) * width)
        try source.read(at: start + (line.element + done * run.stride) * width, into: piece)
        copyElements(
          from: piece, at: 0, step: run.stride, count: count, to: target,
          at: line.number + done * line.step - part.lowerBound, step: line.step)
        done += count
      }
    }
  }

  /// Copies elements with a step on either side, all counted in elements from the start of the slices.
  private func copyElements(
    from source: ByteSlice, at first: Int, step: Int, count: Int,
    to target: ByteSlice, at targetFirst: Int, step targetStep: Int
  ) {
    precondition(
      count > 0 && first >= 0 && (first + (count - 1) * step + 1) * width <= source.byteCount
        && targetFirst >= 0
        && (targetFirst + (count - 1) * targetStep + 1) * width <= target.byteCount)
    // In bounds: the first and the last element of both sides were checked, and the steps are not negative.
    withExtendedLifetime((source, target)) {
      let from = UnsafeRawBufferPointer(rebasing: source.memory[(first * width)...])
      let to = UnsafeMutableRawBufferPointer(rebasing: target.memory[(targetFirst * width)...])
      switch width {
      case 1: move(UInt8.self, from, step, to, targetStep, count)
      case 2: move(UInt16.self, from, step, to, targetStep, count)
      case 4: move(UInt32.self, from, step, to, targetStep, count)
      default: move(UInt64.self, from, step, to, targetStep, count)
      }
    }
  }

  private func move<Element: FixedWidthInteger & BitwiseCopyable>(
    _: Element.Type, _ from: UnsafeRawBufferPointer, _ step: Int,
    _ to: UnsafeMutableRawBufferPointer, _ targetStep: Int, _ count: Int
  ) {
    let size = MemoryLayout<Element>.size
    for index in 0..<count {
      let element = from.loadUnaligned(fromByteOffset: index * step * size, as: Element.self)
      to.storeBytes(of: element, toByteOffset: index * targetStep * size, as: Element.self)
    }
  }
}
