import WeftFiles
import WeftKernels
import WeftTensors

/// A matrix whose rows and columns, and their taps, were filtered: first by medians, then by a Gaussian.
struct SmoothedMatrix: MatrixFormula {
  let original: any MatrixFormula
  /// The last two dimensions of a tensor `[rows, columns / (depth · width), depth, width]`.
  let taps: (depth: Int, width: Int)

  init(_ original: any MatrixFormula, taps: (depth: Int, width: Int)) {
    precondition(original.columns % (taps.depth * taps.width) == 0)
    self.original = original
    self.taps = taps
  }

  var rows: Int { original.rows }
  var columns: Int { original.columns }
  var operands: [any MatrixFormula] { [original] }
  /// Neighbours are read again for each rectangle, so that square ones are cheaper than flat ones.
  var rowGrain: Int { max(32, original.rowGrain) }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula {
    SmoothedMatrix(original.reading(moved), taps: taps)
  }

  func prepare(_ workspace: Workspace) throws -> any PreparedMatrix {
    PreparedSmoothing(original: try original.prepare(workspace), taps: taps)
  }
}

/// A filtered matrix that can be read.
private struct PreparedSmoothing: PreparedMatrix {
  let original: any PreparedMatrix
  let taps: (depth: Int, width: Int)
  var rows: Int { original.rows }
  var columns: Int { original.columns }

  /// The elements of one input of a row.
  private var plane: Int { taps.depth * taps.width }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) throws {
    let inputs = tile.columns.lowerBound / plane..<(tile.columns.upperBound + plane - 1) / plane
    let whole = Tile(
      rows: tile.rows, columns: inputs.lowerBound * plane..<inputs.upperBound * plane)
    guard whole.columns == tile.columns else {
      return try workspace.withElements(whole.elementCount) { values in
        try smooth(tile.rows, inputs, into: values, workspace)
        tile.copy(outOf: whole, values, to: target)
      }
    }
    try smooth(tile.rows, inputs, into: target, workspace)
  }

  /// Rows and inputs with all their taps, `[rows, inputs, depth, width]`.
  private func smooth(
    _ wantedRows: Range<Int>, _ wantedInputs: Range<Int>, into target: ByteSlice,
    _ workspace: Workspace
  ) throws {
    let radius = MergeKernels.smoothingRadius
    let rowSpan = FilterSpan(count: rows, wanted: wantedRows, radius: radius)
    let inputSpan = FilterSpan(count: columns / plane, wanted: wantedInputs, radius: radius)
    let count = rowSpan.given.count * inputSpan.given.count * plane
    try workspace.withElements(count, times: 2) { buffers in
      try medians(rowSpan.given, inputSpan.given, into: buffers[0], workspace)
      filter(buffers[0], rowSpan, inputSpan, scratch: buffers[1], into: target, workspace)
    }
  }

  private func medians(
    _ wantedRows: Range<Int>, _ wantedInputs: Range<Int>, into target: ByteSlice,
    _ workspace: Workspace
  ) throws {
    let rowSpan = FilterSpan(count: rows, wanted: wantedRows, radius: 1)
    let inputSpan = FilterSpan(count: columns / plane, wanted: wantedInputs, radius: 1)
    let columns = inputSpan.given.lowerBound * plane..<inputSpan.given.upperBound * plane
    let tile = Tile(rows: rowSpan.given, columns: columns)
    try workspace.withElements(tile.elementCount) { values in
      try original.read(tile, into: values, workspace)
      workspace.kernels.merging.median(
        values, rows: rowSpan, columns: inputSpan, depth: taps.depth, width: taps.width,
        into: target)
    }
  }

  /// The Gaussian, one dimension after the other; the first two take away what lies beyond the wanted part.
  private func filter(
    _ medians: ByteSlice, _ rowSpan: FilterSpan, _ inputSpan: FilterSpan, scratch: ByteSlice,
    into target: ByteSlice, _ workspace: Workspace
  ) {
    let kernels = workspace.kernels.merging
    let weights = Self.gaussian
    let (rows, inputs) = (rowSpan.wanted.count, inputSpan.wanted.count)
    let given = inputSpan.given.count * plane
    let afterRows = scratch.prefix(rows * given * 8)
    kernels.smooth(medians, outer: 1, rowSpan, inner: given, weights: weights, into: afterRows)
    guard plane > 1 else {
      return kernels.smooth(
        afterRows, outer: rows, inputSpan, inner: 1, weights: weights, into: target)
    }
    let afterInputs = medians.prefix(target.byteCount)
    let afterDepth = scratch.prefix(target.byteCount)
    kernels.smooth(
      afterRows, outer: rows, inputSpan, inner: plane, weights: weights, into: afterInputs)
    kernels.smooth(
      afterInputs, outer: rows * inputs, Self.whole(taps.depth), inner: taps.width,
      weights: weights, into: afterDepth)
    kernels.smooth(
      afterDepth, outer: rows * inputs * taps.depth, Self.whole(taps.width), inner: 1,
      weights: weights, into: target)
  }

  private static func whole(_ count: Int) -> FilterSpan {
    FilterSpan(count: count, wanted: 0..<count, radius: MergeKernels.smoothingRadius)
  }

  /// exp(-k²/2) for k from -4 to 4, divided by their sum.
  private static let gaussian: [Double] = {
    let half = [
      0.00033546262790251185, 0.011108996538242306, 0.1353352832366127, 0.6065306597126334,
    ]
    let weights = half + [1] + half.reversed()
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()
}
